package model

import (
	"accio/fsm"
	g "accio/model/guarded"
)

// Chaos is the table with nothing around it: any event in any state, again and
// again, also where no transport would fire it. An event that the table does
// not have changes nothing, but it is noted if the activity can end with it.
func Chaos(t *fsm.Table) *g.Program { return chaos(t, true) }

func chaos(t *fsm.Table, straight bool) *g.Program {
	p := &g.Program{Name: t.Role + " in chaos"}
	h := newHistory(p, t, straight)
	for _, e := range t.Events {
		do := h.fire(g.Num(h.machine.event(e)))
		has := g.Not(h.next.At(h.cell(h.state.Get(), g.Num(h.machine.event(e)))).Is(None))
		p.Rule(string(e), g.Num(1), g.If(has, do, g.If(h.endsWith(h.state, e), []g.Stmt{g.Set(h.illegal, g.Num(1))})))
	}
	p.Claim(h.claims()...)
	p.Claim(
		g.Always("legal", "the table has every outcome of every activity", h.illegal.Is(0)),
		g.Always("outcomes", "the table has nothing but outcomes of activities", g.Or(h.event.Is(None), h.outcome())),
	)
	return p
}
