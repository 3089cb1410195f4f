package modelcheck

import (
	"context"
	"iter"
	"slices"
)

// Values of run.prev beside numbers of states.
const (
	unseen  = none     // not reached
	source  = none - 1 // the run may begin here
	outside = none - 2 // reached, but within is false
)

// run looks for a run that the premises admit and that stays within a set of
// states from a source on. It needs the edges of the graph, and up to 61 bytes
// a state.
type run[S comparable] struct {
	ctx      context.Context
	g        *Graph[S]
	within   func(S) bool
	premises []Premise[S]
	bans     bool   // there is a premise that leaves out steps
	ends     bool   // the premises admit a run that ends
	full     uint64 // the mask of a fair loop

	order []uint32 // the states within, nearest first
	prev  []uint32 // of each state, the one before it on a shortest way
	via   []uint32 // of each state, the label of the step from prev
	comp  []uint32 // of each state, its component; zero is none

	live []uint32 // of order, those that a loop may visit
	out  []bool   // of each state, whether it has left live
}

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
		case unless:
			r.bans = true
		case weaklyFair:
			r.full |= 1 << i
		}
	}
	r.spread(begin)
	offers := r.refine()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, id := range r.order {
		if r.ends && g.first[id] == g.first[id+1] {
			return r.trace(id), nil
		}
		if offers[r.comp[id]].meets(r.full) {
			t := r.trace(id)
			if t.Loop = r.loop(t.last(), id); t.Loop == nil {
				return nil, context.Cause(ctx)
			}
			return t, nil
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
	to := r.g.to[e]
	return r.prev[to] != outside && !r.out[to] && (!r.bans || !r.banned(r.g.edge(from, e)))
}

// banned reports whether a loop must not take the edge, wherever it leads.
func (r *run[S]) banned(e Edge[S]) bool {
	return slices.ContainsFunc(r.premises, func(p Premise[S]) bool { return p.form == unless && p.step(e.From, e.Label, e.To) })
}

// inside yields the usable steps of s within its component, and what stands
// for the state after each; id is what stands for s.
func (r *run[S]) inside(s S, id uint32) iter.Seq2[Step[S], uint32] {
	g := r.g
	return func(yield func(Step[S], uint32) bool) {
		visit := func(step Step[S], to uint32) bool {
			return r.comp[to] != r.comp[id] || r.banned(Edge[S]{s, step.Label, step.To}) || yield(step, to)
		}
		if g.sys.Canonical != nil {
			for _, step := range g.sys.AppendSteps(nil, s) {
				if to, _ := g.Find(step.To); !visit(step, uint32(to)) {
					return
				}
			}
			return
		}
		for e := g.first[id]; e < g.first[id+1]; e++ {
			if to := g.to[e]; !visit(Step[S]{g.labels[g.label[e]], g.states[to]}, to) {
				return
			}
		}
	}
}

// trace is the run that reaches id, or a state like it, on a shortest way.
func (r *run[S]) trace(id uint32) *Trace[S] {
	var tail []Step[S]
	for ; r.prev[id] != source; id = r.prev[id] {
		tail = append(tail, Step[S]{r.g.labels[r.via[id]], r.g.states[id]})
	}
	slices.Reverse(tail)
	t := r.g.Path(int(id))
	t.Since = len(t.Stem)
	t.Stem = append(t.Stem, r.g.lift(t.last(), tail)...)
	return t
}
