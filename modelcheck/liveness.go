package modelcheck

import (
	"context"
	"slices"
)

// Values of run.prev beside numbers of states.
const (
	unseen  = none     // not reached
	source  = none - 1 // the run may begin here
	outside = none - 2 // reached, but within is false
)

// run looks for a run that the premises admit and that stays within a set of
// states from a source on. It needs the edges of the graph, and up to 52 bytes
// a state.
type run[S comparable] struct {
	ctx      context.Context
	g        *Graph[S]
	within   func(S) bool
	premises []Premise[S]
	ends     bool   // the premises admit a run that ends
	full     uint64 // the mask of a fair loop

	order []uint32 // the states within, nearest first
	prev  []uint32 // of each state, the one before it on a shortest way
	via   []uint32 // of each state, the label of the step from prev
	comp  []uint32 // of each state, its component; zero is none
}

// edgeBit marks, in a mask, a step; the bits below it mark premises.
const edgeBit = uint64(1) << maxPremises

// fairRun returns an admitted run that stays within from a state on that begin
// is true of, or nil if there is none. No such run has a shorter stem. If ctx is
// done before that is known, the error is its cause.
func fairRun[S comparable](ctx context.Context, g *Graph[S], begin func(id uint32) bool, within func(S) bool, premises []Premise[S]) (*Trace[S], error) {
	r := &run[S]{ctx: ctx, g: g, within: within, premises: premises, ends: true, full: edgeBit}
	for i, p := range premises {
		switch p.form {
		case infinitely:
			r.ends = false
			r.full |= 1 << i
		case weaklyFair:
			r.full |= 1 << i
		}
	}
	r.spread(begin)
	masks := r.masks(r.components())
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, id := range r.order {
		if r.ends && g.first[id] == g.first[id+1] {
			return r.trace(id, nil), nil
		}
		if masks[r.comp[id]] == r.full {
			loop := r.loop(id)
			if loop == nil {
				return nil, context.Cause(ctx)
			}
			return r.trace(id, loop), nil
		}
	}
	return nil, nil
}

// spread fills order, prev and via, breadth first. A source counts with its
// depth in the graph, so the whole stem is a shortest one.
func (r *run[S]) spread(begin func(id uint32) bool) {
	g := r.g
	r.prev, r.via = slices.Repeat([]uint32{unseen}, g.Len()), make([]uint32, g.Len())
	levels := append(slices.Clone(g.levels), uint32(g.Len()))
	low := 0
	for d := 0; d < len(g.levels) || low < len(r.order); d++ {
		if r.ctx.Err() != nil {
			return
		}
		if d < len(g.levels) {
			for id := levels[d]; id < levels[d+1]; id++ {
				if begin(id) {
					r.enter(id, source, 0)
				}
			}
		}
		level := r.order[low:]
		low = len(r.order)
		for _, from := range level {
			for e := g.first[from]; e < g.first[from+1]; e++ {
				r.enter(g.to[e], from, g.label[e])
			}
		}
	}
}

func (r *run[S]) enter(id, prev, via uint32) {
	switch {
	case r.prev[id] != unseen:
	case !r.within(r.g.states[id]):
		r.prev[id] = outside
	default:
		r.prev[id], r.via[id] = prev, via
		r.order = append(r.order, id)
	}
}

// usable reports whether a loop may take edge e.
func (r *run[S]) usable(from uint32, e int) bool {
	return r.prev[r.g.to[e]] != outside && !slices.ContainsFunc(r.premises, func(p Premise[S]) bool { return p.form == unless && r.matches(p, from, e) })
}

func (r *run[S]) matches(p Premise[S], from uint32, e int) bool {
	edge := r.g.edge(from, e)
	return p.step(edge.From, edge.Label, edge.To)
}

// stay is the mask of the premises that a loop meets by visiting a state: the
// weakly fair steps that the state does not have.
func (r *run[S]) stay(id uint32) uint64 {
	var mask uint64
	for i, p := range r.premises {
		if p.form == weaklyFair {
			mask |= 1 << i
			for e := r.g.first[id]; e < r.g.first[id+1]; e++ {
				if r.matches(p, id, e) {
					mask &^= 1 << i
				}
			}
		}
	}
	return mask
}

// take is the mask of the premises that a loop meets by taking edge e, which
// is usable.
func (r *run[S]) take(from uint32, e int) uint64 {
	mask := edgeBit
	for i, p := range r.premises {
		if r.matches(p, from, e) {
			mask |= 1 << i
		}
	}
	return mask
}

// masks returns what each component offers a loop. A loop that visits the
// whole of a component exists, so the component is fair if it offers all.
func (r *run[S]) masks(components int) []uint64 {
	masks := make([]uint64, components+1)
	for _, id := range r.order {
		if r.ctx.Err() != nil {
			break
		}
		c := r.comp[id]
		masks[c] |= r.stay(id)
		for e := r.g.first[id]; e < r.g.first[id+1]; e++ {
			if r.comp[r.g.to[e]] == c && r.usable(id, e) {
				masks[c] |= r.take(id, e)
			}
		}
	}
	return masks
}

// trace is the run that reaches id on a shortest way and goes on with loop.
func (r *run[S]) trace(id uint32, loop []Step[S]) *Trace[S] {
	var tail []Step[S]
	for ; r.prev[id] != source; id = r.prev[id] {
		tail = append(tail, Step[S]{r.g.labels[r.via[id]], r.g.states[id]})
	}
	slices.Reverse(tail)
	t := r.g.Path(int(id))
	t.Since = len(t.Stem)
	t.Stem = append(t.Stem, tail...)
	t.Loop = loop
	return t
}
