package modelcheck

import (
	"errors"
	"fmt"
	"maps"
)

// ErrAsymmetric is wrapped by every error of [CheckSymmetry] that says that
// [System.Canonical] is no symmetry of the system or of a property.
var ErrAsymmetric = errors.New("not symmetric")

// CheckSymmetry explores sys without its Canonical, and looks at every state
// beside its canonical form: whether that is its own canonical form, whether
// the steps of both lead to the same canonical forms, and whether the
// properties tell the states, or those steps, apart. It is meant for instances
// that are small enough to be explored in full. The error wraps
// [ErrAsymmetric], or is that of [Explore].
func CheckSymmetry[S comparable](sys System[S], limit Limit, props ...Property[S]) error {
	type class struct {
		to    S
		holds string // of each predicate on steps, whether it is true
	}
	canonical := sys.Canonical
	sys.Canonical = nil
	g, err := Explore(sys, limit)
	if err != nil {
		return err
	}
	var holds []byte
	note := func(is bool) { holds = fmt.Append(holds, is) }
	classes := func(s S) (map[class]struct{}, error) {
		all := map[class]struct{}{}
		for _, step := range sys.AppendSteps(nil, s) {
			to := canonical(step.To)
			holds = holds[:0]
			for i := range props {
				if p := &props[i]; p.step != nil {
					note(p.step(s, step.Label, step.To))
				}
				for _, premise := range props[i].premises {
					is := premise.step(s, step.Label, step.To)
					if is != premise.step(s, step.Label, to) {
						return nil, fmt.Errorf("%w: %q is true of only one of the steps from %s to %s and to its canonical form", ErrAsymmetric, premise.Name, sys.Show(s), sys.Show(step.To))
					}
					note(is)
				}
			}
			all[class{to, string(holds)}] = struct{}{}
		}
		return all, nil
	}
	for _, s := range g.States() {
		c := canonical(s)
		if again := canonical(c); again != c {
			return fmt.Errorf("%w: %s is the canonical form of %s, but its own is %s", ErrAsymmetric, sys.Show(c), sys.Show(s), sys.Show(again))
		}
		for i := range props {
			for _, is := range []func(S) bool{props[i].state, props[i].end, props[i].from, props[i].goal} {
				if is != nil && is(s) != is(c) {
					return fmt.Errorf("%w: %q tells %s from its canonical form", ErrAsymmetric, props[i].Name, sys.Show(s))
				}
			}
		}
		var both [2]map[class]struct{}
		for i, s := range []S{s, c} {
			if both[i], err = classes(s); err != nil {
				return err
			}
		}
		if !maps.Equal(both[0], both[1]) {
			return fmt.Errorf("%w: the steps of %s are not those of its canonical form %s", ErrAsymmetric, sys.Show(s), sys.Show(c))
		}
	}
	return nil
}

// represent returns the state that stands for s.
func (sys *System[S]) represent(s S) S {
	if sys.Canonical == nil {
		return s
	}
	return sys.Canonical(s)
}

// notSymmetric is the panic of a trace that cannot be made a run.
const notSymmetric = "modelcheck: Canonical is no symmetry of the system: "

// lift replaces the states of a path, each of which stands for itself and those
// like it, by those of a run of the system. It begins in from.
func (g *Graph[S]) lift(from S, path []Step[S]) []Step[S] {
	if g.sys.Canonical == nil {
		return path
	}
	var run []Step[S]
	for _, step := range path {
		lifted := g.liftStep(from, step.To, func(S, string, S) bool { return true })
		run = append(run, lifted)
		from = lifted.To
	}
	return run
}

// liftStep returns the first step of from of which is is true and that leads to
// a state for which to stands.
func (g *Graph[S]) liftStep(from, to S, is StepPred[S]) Step[S] {
	for _, step := range g.sys.AppendSteps(nil, from) {
		if g.sys.represent(step.To) == to && is(from, step.Label, step.To) {
			return step
		}
	}
	panic(notSymmetric + "no step like that from " + g.sys.Show(from))
}
