package modelcheck

import "slices"

// finding is the first thing that a property looks for.
type finding[S comparable] struct {
	found bool
	at    uint32  // the state, or the state before the step
	step  Step[S] // of properties of steps
}

// watchers look for what the properties of the safety kinds look for, while
// the exploration goes on and in order of depth.
type watchers[S comparable] struct {
	states, steps, ends []*watcher[S]

	violated bool // what one of them found is a violation
}

// watcher looks for what one property looks for.
type watcher[S comparable] struct {
	*Property[S]
	finding[S]
}

// add returns where the finding of p will be; it stays empty for a liveness
// property.
func (w *watchers[S]) add(p *Property[S]) *finding[S] {
	one := &watcher[S]{Property: p}
	switch {
	case p.state != nil:
		w.states = append(w.states, one)
	case p.end != nil:
		w.ends = append(w.ends, one)
	case p.step != nil:
		w.steps = append(w.steps, one)
	}
	return &one.finding
}

// wants reports whether a property looks for the step that has found none yet.
// Several goroutines may ask as long as none finds anything.
func (w *watchers[S]) wants(from S, step *Step[S]) bool {
	return slices.ContainsFunc(w.steps, func(one *watcher[S]) bool { return !one.found && one.Property.step(from, step.Label, step.To) })
}

func (w *watchers[S]) state(id uint32, s S) {
	for _, one := range w.states {
		if !one.found && one.state(s) {
			w.find(one, id, Step[S]{})
		}
	}
}

func (w *watchers[S]) step(from uint32, s S, step Step[S]) {
	for _, one := range w.steps {
		if !one.found && one.Property.step(s, step.Label, step.To) {
			w.find(one, from, step)
		}
	}
}

func (w *watchers[S]) end(id uint32, s S) {
	for _, one := range w.ends {
		if !one.found && one.end(s) {
			w.find(one, id, Step[S]{})
		}
	}
}

func (w *watchers[S]) find(one *watcher[S], at uint32, step Step[S]) {
	one.finding = finding[S]{true, at, step}
	w.violated = w.violated || !one.reaches()
}
