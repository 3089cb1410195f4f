package model

import (
	"slices"
	"strings"

	"accio/fsm"
	g "accio/model/guarded"
)

// None is the code of no state and of no event.
const None = 255

// machine is one table within a program: its state, and what is known of the
// event that it fired last.
type machine struct {
	table  *fsm.Table
	cuts   cuts
	states []fsm.State

	state *g.Var
	got   *g.Var // pieces of the present activity that were read or written; nil if texts have none
	next  *g.Map // state × event; None where the table has nothing
	ends  *g.Map // of each state, the event of an activity that went as it should
}

// newMachine declares the machine. The prefix keeps the names of two apart.
func newMachine(p *g.Program, prefix string, t *fsm.Table, c cuts) *machine {
	m := newMaps(p, prefix, t, c)
	m.state = p.Var(prefix+"state", m.code(t.Initial, true), m.names()...)
	return m
}

// newMaps declares what machines of one table share: all but the state.
func newMaps(p *g.Program, prefix string, t *fsm.Table, c cuts) *machine {
	m := &machine{table: t, cuts: c, states: t.States()}
	var next, ends []uint8
	for _, s := range m.states {
		for _, e := range t.Events {
			to, ok := t.Next(s, e)
			next = append(next, m.code(to, ok))
		}
		ends = append(ends, m.event(t.Activity(s).Ends))
	}
	m.next, m.ends = p.Map(prefix+"next", next), p.Map(prefix+"ends", ends)
	return m
}

// with returns another machine of the table, whose state takes as few bits as
// may be. The initial state, which it also has when it is not used, is not shown.
func (m machine) with(p *g.Program, name string) *machine {
	initial, names := m.code(m.table.Initial, true), m.names()
	names[initial] = ""
	m.state = p.VarTo(name, initial, uint8(len(m.states)-1), names...)
	return &m
}

func (m *machine) names() []string {
	var names []string
	for _, s := range m.states {
		names = append(names, string(s))
	}
	return names
}

func (m *machine) code(s fsm.State, ok bool) uint8 {
	if i := slices.Index(m.states, s); ok && i >= 0 {
		return uint8(i)
	}
	return None
}

func (m *machine) event(e fsm.Event) uint8 {
	if i := slices.Index(m.table.Events, e); i >= 0 {
		return uint8(i)
	}
	return None
}

// does is true in the states whose activity is one of the actions.
func (m *machine) does(actions ...fsm.Action) g.Expr {
	return m.where(m.state, m.acts(actions...))
}

func (m *machine) acts(actions ...fsm.Action) func(fsm.State) bool {
	return func(s fsm.State) bool { return slices.Contains(actions, m.table.Activity(s).Action) }
}

// terminal is true in the terminal states.
func (m *machine) terminal() g.Expr { return m.where(m.state, m.table.IsTerminal) }

// good and bad are true in the terminal states that are, and are not, among the
// table's good ones.
func (m *machine) good() g.Expr { return m.where(m.state, m.table.IsGood) }
func (m *machine) bad() g.Expr {
	return m.where(m.state, func(s fsm.State) bool { return m.table.IsTerminal(s) && !m.table.IsGood(s) })
}

// where is true if v holds a state that is in.
func (m *machine) where(v *g.Var, is func(fsm.State) bool) g.Expr {
	var any []g.Expr
	for i, s := range m.states {
		if is(s) {
			any = append(any, v.Is(uint8(i)))
		}
	}
	return g.Or(any...)
}

// cell is the index of a state and an event in next.
func (m *machine) cell(state, event g.Expr) g.Expr {
	return state.Times(g.Num(uint8(len(m.table.Events)))).Plus(event)
}

// piece is the code of the piece that the present activity reads or writes
// next, as a function of state and got; zero if it has none.
func (m *machine) piece() g.Expr {
	e := g.Num(0)
	for i := len(m.states) - 1; i >= 0; i-- {
		text := m.table.Activity(m.states[i]).Text
		for j, piece := range slices.Backward(m.cuts.of(text)) {
			e = g.Cond(g.And(m.state.Is(uint8(i)), m.got.Is(uint8(j))), g.Num(piece), e)
		}
	}
	return e
}

// last is true if the present activity has one piece left.
func (m *machine) last() g.Expr {
	var any []g.Expr
	for i, s := range m.states {
		if n := len(m.cuts.of(m.table.Activity(s).Text)); n > 0 {
			any = append(any, g.And(m.state.Is(uint8(i)), m.got.Is(uint8(n-1))))
		}
	}
	return g.Or(any...)
}

// cuts are the pieces that texts travel in. Their codes begin with 1; the last
// code is that of a byte that is wrong wherever it is not payload.
type cuts struct{ pieces []string }

// other stands for a byte that no text has where it comes.
const other = "x"

// cut cuts the texts of a table where they begin to differ, so that a reader
// who sees the first piece does not yet know which text it is, and in the
// middle if they do not.
func cut(t *fsm.Table) cuts {
	var c cuts
	add := func(piece string) {
		if piece != "" && !slices.Contains(c.pieces, piece) {
			c.pieces = append(c.pieces, piece)
		}
	}
	for _, action := range []fsm.Action{fsm.Expect, fsm.Write} {
		var texts []string
		for _, a := range t.Activities {
			if a.Action == action && !slices.Contains(texts, a.Text) {
				texts = append(texts, a.Text)
			}
		}
		for _, text := range texts {
			n := len(text) / 2
			if c := common(texts); len(texts) > 1 && c > 0 {
				n = c
			}
			add(text[:n])
			add(text[n:])
		}
	}
	add(other)
	return c
}

// common is the length of the longest prefix of all texts.
func common(texts []string) int {
	n := 0
	for n < len(texts[0]) && !slices.ContainsFunc(texts, func(s string) bool { return n >= len(s) || s[n] != texts[0][n] }) {
		n++
	}
	return n
}

// of returns the codes of the pieces of a text.
func (c cuts) of(text string) []uint8 {
	if text == "" {
		return nil
	}
	if i := slices.Index(c.pieces, text); i >= 0 {
		return []uint8{uint8(i + 1)}
	}
	for i, a := range c.pieces {
		for j, b := range c.pieces {
			if a+b == text {
				return []uint8{uint8(i + 1), uint8(j + 1)}
			}
		}
	}
	return nil
}

// wrong is the code of other.
func (c cuts) wrong() uint8 { return uint8(len(c.pieces)) }

// names returns the pieces by code, quoted.
func (c cuts) names() []string {
	names := []string{""}
	for _, piece := range c.pieces {
		piece = strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(piece)
		names = append(names, `"`+piece+`"`)
	}
	return names
}
