package transport

import (
	"fmt"
	"strconv"
	"strings"

	"accio/fsm"
	"accio/model/guarded"
	"accio/protocol"
)

// modelled is level 1, played on with time and the network in our hands.
type modelled struct {
	next  func(guarded.State) map[string]guarded.State // by label
	vars  map[string]*guarded.Var
	free  map[string]bool // labels of what nobody has to do
	taken map[string]bool // labels
}

// place is a state of level 1, and what it leaves open.
type place struct {
	guarded.State
	deaf, shut bool
	events     string
}

func newModelled(p *guarded.Program) (*modelled, place) {
	system := p.System()
	m := &modelled{vars: map[string]*guarded.Var{}, free: map[string]bool{}, taken: map[string]bool{}}
	m.next = func(s guarded.State) map[string]guarded.State {
		steps := map[string]guarded.State{}
		for _, step := range system.Next(s) {
			steps[step.Label] = step.To
		}
		return steps
	}
	for _, r := range p.Rules {
		m.free[r.Label] = r.Free
	}
	for _, v := range p.Vars {
		m.vars[v.Name] = v
	}
	return m, place{State: system.Initial[0]}
}

func (m *modelled) show(name string, s guarded.State) string { return m.vars[name].Show(s) }

// give applies the stimulus; ok is false where it cannot come. The error tells
// of a letter that comes in level 1 or outside of it only.
func (m *modelled) give(p place, o outside, what stimulus) (_ place, ok bool, err error) {
	for _, l := range what.letters {
		to, has := m.next(p.State)[l.rule]
		if can := l.possible(o); can != has {
			return p, false, fmt.Errorf("that %s is possible: %v; in level 1: %v", l.rule, can, has)
		} else if !can {
			return p, false, nil
		}
		m.taken[l.rule] = true
		p.State, o = to, o.after(l)
	}
	if what.deaf && p.deaf || what.shut && p.shut || what.open && !p.shut {
		return p, false, nil
	}
	p.deaf = p.deaf || what.deaf
	p.shut = (p.shut || what.shut) && !what.open
	return p, true, nil
}

// takesNothing is a rule of the server's time, though it speaks of the client.
const takesNothing = "client takes nothing for the idle limit"

// maxSteps is beyond any that a run of the model has.
const maxSteps = 50

// settle returns every place where the model can come to rest. Time passes
// only when nothing else moves, and if it is to. A broken table may never rest.
func (m *modelled) settle(p place, silence bool) map[place]bool {
	return m.within(maxSteps, p, silence)
}

// within is settle within so many steps; beyond them level 1 goes in circles.
func (m *modelled) within(left int, p place, silence bool) map[place]bool {
	if left == 0 {
		return nil
	}
	steps := m.next(p.State)
	const whole, fails, expires, late = "written whole", "write fails", "no byte for the idle limit", "client takes nothing after the limit"
	_, writable := steps[whole]
	rests, moves := map[place]bool{}, false
	take := func(label string, silence bool) {
		m.taken[label] = true
		q := p
		q.State = steps[label]
		if label != "counts" && label != "reads part of the text" {
			q.events += m.show("event", q.State) + " "
		}
		for r := range m.within(left-1, q, silence) {
			rests[r] = true
		}
		moves = true
	}
	for label := range steps {
		switch {
		case m.free[label], label == takesNothing, label == expires:
		case label == whole && (p.deaf || p.shut), label == fails && writable && !p.deaf, label == late && (!writable || p.deaf || !p.shut):
		default:
			take(label, silence)
		}
	}
	if !moves && silence {
		for _, label := range []string{takesNothing, expires} {
			if _, ok := steps[label]; ok {
				take(label, false)
			}
		}
	}
	if !moves {
		rests[p] = true
	}
	return rests
}

// rest is the place as the code shows it.
func (m *modelled) rest(p place) rest {
	number := func(name string) int { return int(m.vars[name].Value(p.State)) }
	r := rest{events: p.events, from: fsm.State(m.show("from", p.State)), state: fsm.State(m.show("state", p.State)),
		wrote: number("wrote"), read: number("read"), eof: number("eof") > 0, lines: number("lines")}
	if protocol.Server.IsTerminal(r.state) {
		return r
	}
	unquote := func(piece string) string {
		text, _ := strconv.Unquote(piece)
		return text
	}
	r.queue = unquote(m.show("in0", p.State)) + unquote(m.show("in1", p.State))
	if number("got") > 0 {
		r.at = len(protocol.Confirm1) - len("\r\n") // where the texts begin to differ
	}
	end := m.show("inend", p.State)
	r.end, r.reset = strings.HasPrefix(end, "fin"), strings.HasSuffix(end, "rst")
	return r
}
