package modelcheck

// finding is the first thing that a property looks for.
type finding[S comparable] struct {
	found bool
	at    uint32  // the state, or the state before the step
	step  Step[S] // of properties of steps
}

// watchers look for what the properties of the safety kinds look for, while
// the exploration goes on and in order of depth.
type watchers[S comparable] struct {
	states []func(id uint32, s S)
	steps  []func(from uint32, s S, step Step[S])
	ends   []func(id uint32, s S) // the state has no step

	violated bool // what one of them found is a violation
}

// add returns where the finding of p will be; it stays empty for a liveness
// property.
func (w *watchers[S]) add(p *Property[S]) *finding[S] {
	f := &finding[S]{}
	find := func(at uint32, step Step[S]) {
		f.found, f.at, f.step = true, at, step
		w.violated = w.violated || !p.reaches()
	}
	on := func(pred func(S) bool) func(uint32, S) {
		return func(id uint32, s S) {
			if !f.found && pred(s) {
				find(id, Step[S]{})
			}
		}
	}
	switch {
	case p.state != nil:
		w.states = append(w.states, on(p.state))
	case p.end != nil:
		w.ends = append(w.ends, on(p.end))
	case p.step != nil:
		w.steps = append(w.steps, func(from uint32, s S, step Step[S]) {
			if !f.found && p.step(s, step.Label, step.To) {
				find(from, step)
			}
		})
	}
	return f
}

func (w *watchers[S]) state(id uint32, s S) {
	for _, f := range w.states {
		f(id, s)
	}
}

func (w *watchers[S]) step(from uint32, s S, step Step[S]) {
	for _, f := range w.steps {
		f(from, s, step)
	}
}

func (w *watchers[S]) end(id uint32, s S) {
	for _, f := range w.ends {
		f(id, s)
	}
}
