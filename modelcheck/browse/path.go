package browse

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"accio/modelcheck"
)

// path is a run as an address has it: the place of its initial state, then that of
// each step among those of the state that it leaves.
type path []int

// longest bounds a path, and so the time that a page takes and the length of its
// address.
const longest = 1000 // numbers

func parse(text string) (path, error) {
	if text == "" {
		return path{0}, nil
	}
	var p path
	for i, number := range strings.Split(text, ".") {
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil || i >= longest {
			return nil, fmt.Errorf("at=%.40s: it must be at most %d numbers with dots between them", text, longest)
		}
		p = append(p, int(n))
	}
	return p, nil
}

func (p path) String() string {
	var words []string
	for _, n := range p {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ".")
}

func (p path) then(n int) path { return append(p[:len(p):len(p)], n) }

// run is a path with what it leads through.
type run[S comparable] struct {
	path  path
	start S
	steps []modelcheck.Step[S]
}

func (r *run[S]) last() S {
	if n := len(r.steps); n > 0 {
		return r.steps[n-1].To
	}
	return r.start
}

// walk follows a path. It returns an error if there is no such step.
func (p *Page[S]) walk(along path) (*run[S], error) {
	if along[0] >= len(p.System.Initial) {
		return nil, fmt.Errorf("there are %d initial states, and %d is none of them", len(p.System.Initial), along[0])
	}
	r := &run[S]{along, p.System.Initial[along[0]], nil}
	for i, n := range along[1:] {
		steps := p.next(r.last())
		if n >= len(steps) {
			return nil, fmt.Errorf("after %d steps there are %d to choose from, and %d is none of them", i, len(steps), n)
		}
		r.steps = append(r.steps, steps[n])
	}
	return r, nil
}

// next returns the steps of a state, each once and always in the same order.
func (p *Page[S]) next(s S) []modelcheck.Step[S] {
	steps := p.System.AppendSteps(nil, s)
	slices.SortStableFunc(steps, func(a, b modelcheck.Step[S]) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(p.System.Show(a.To), p.System.Show(b.To)))
	})
	return slices.Compact(steps)
}

// find returns the path of a trace, its loop once included.
func (p *Page[S]) find(t *modelcheck.Trace[S]) (path, error) {
	along := path{slices.Index(p.System.Initial, t.Start)}
	at := t.Start
	for _, step := range slices.Concat(t.Stem, t.Loop) {
		along, at = along.then(slices.Index(p.next(at), step)), step.To
	}
	if slices.Contains(along, -1) || len(along) > longest {
		return nil, fmt.Errorf("the trace of %q is no run of the system, or has more than %d steps", t.Property, longest-1)
	}
	return along, nil
}

var _ http.Handler = (*Page[int])(nil)
