package model

import (
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// history is what the claims of level 1 ask about beside the machine's state.
type history struct {
	*machine
	straight bool // see there

	from    *g.Var // the state in which the last event was fired
	event   *g.Var // the last event
	wrote   *g.Var // texts written whole, at most one more than there are
	read    *g.Var // texts read whole, likewise
	eof     *g.Var // the end of the stream was read
	lines   *g.Var // lines printed, at most 2
	illegal *g.Var // an event came that the table does not have
	round   *g.Var // the last step led back; nil if none can
}

func newHistory(p *g.Program, t *fsm.Table, straight bool) *history {
	h := &history{machine: newMachine(p, "", t, cut(t)), straight: straight}
	h.next.Loaded = true
	h.got = p.Var("got", 0)
	var events []string
	for _, e := range t.Events {
		events = append(events, string(e))
	}
	h.from = p.Var("from", None, h.state.Names...)
	h.event = p.Var("event", None, events...)
	h.wrote, h.read, h.eof = p.Var("wrote", 0), p.Var("read", 0), p.Var("eof", 0)
	h.lines, h.illegal = p.Var("lines", 0), p.Var("illegal", 0)
	if slices.ContainsFunc(t.Transitions, func(tr fsm.Transition) bool { return !straight && back(t, tr) }) {
		h.round = p.Flag("round")
	}
	return h
}

// fire ends the activity with an event: counts what it has done, asks the
// table, prints the line on the way into a terminal state. An event that the
// table does not have leaves the state, and missing is done.
func (h *history) fire(event g.Expr, missing ...g.Stmt) []g.Stmt {
	was := func(action fsm.Action) g.Expr { return h.where(h.from, h.acts(action)) }
	do := []g.Stmt{
		g.Set(h.from, h.state.Get()),
		g.Set(h.event, event),
		g.If(h.event.Get().Eq(h.ends.At(h.from.Get())), g.Do(
			count(h.wrote, was(fsm.Write), h.texts(fsm.Write)+1),
			count(h.read, was(fsm.Expect), h.texts(fsm.Expect)+1),
		)),
		g.If(h.event.Is(h.machine.event(fsm.Closed)), []g.Stmt{g.Set(h.eof, g.Num(1))}),
		g.Set(h.got, g.Num(0)),
		g.Set(h.state, h.next.At(h.cell(h.from.Get(), h.event.Get()))),
		g.If(h.state.Is(None),
			append([]g.Stmt{g.Set(h.state, h.from.Get())}, missing...),
			count(h.lines, h.terminal(), 2)...),
	}
	if h.round != nil {
		do = append(do, g.If(h.backwards(), []g.Stmt{g.Set(h.round, g.Num(1))}))
	}
	return do
}

// texts returns how many activities have an action.
func (h *history) texts(action fsm.Action) (n uint8) {
	for _, a := range h.table.Activities {
		if a.Action == action {
			n++
		}
	}
	return n
}

// count adds one to v if cond, up to most.
func count(v *g.Var, cond g.Expr, most uint8) []g.Stmt {
	return []g.Stmt{g.If(g.And(cond, v.Get().Below(g.Num(most))), []g.Stmt{g.Set(v, v.Get().Plus(g.Num(1)))})}
}

// fired is true if that was the last event; one that the table does not know never
// was, nor is it the none of the beginning.
func (h *history) fired(e fsm.Event) g.Expr {
	code := h.machine.event(e)
	if code == None {
		return g.Num(0)
	}
	return h.event.Is(code)
}

// was is true if the last event was fired in a state with one of the actions.
func (h *history) was(actions ...fsm.Action) g.Expr { return h.where(h.from, h.acts(actions...)) }
