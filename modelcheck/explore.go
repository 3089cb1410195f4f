package modelcheck

import (
	"context"
	"slices"
)

// Explore visits the states that sys can reach, breadth first, and keeps the
// edges. The error is [ErrNoInitial] or a [*BoundError]; the graph then holds
// what was found up to there. Time is linear in states and edges, but for the
// search for equal steps, which is quadratic in the steps of one state.
func Explore[S comparable](sys System[S], limit Limit) (*Graph[S], error) {
	return ExploreContext(context.Background(), sys, Options{Limit: limit})
}

// ExploreContext is [Explore] with options. If ctx is done before the end, the
// error is its cause, and the graph holds what was found up to there.
func ExploreContext[S comparable](ctx context.Context, sys System[S], opts Options) (*Graph[S], error) {
	return explore(ctx, sys, opts, true, &watchers[S]{})
}

// explorer numbers what a batch has found, as if its states were expanded one
// after the other.
type explorer[S comparable] struct {
	g     *Graph[S]
	limit Limit
	keep  bool // the edges
	watch *watchers[S]
	depth int      // of the state at hand
	row   []uint64 // its edges: target above label
}

func explore[S comparable](ctx context.Context, sys System[S], opts Options, keep bool, watch *watchers[S]) (*Graph[S], error) {
	g := &Graph[S]{sys: sys, index: newIndex[S](), number: map[string]uint32{}}
	if len(sys.Initial) == 0 {
		return g, ErrNoInitial
	}
	x := &explorer[S]{g: g, limit: opts.Limit, keep: keep, watch: watch}
	for _, s := range sys.Initial {
		s = sys.represent(s)
		if _, err := x.reach(fresh[S]{s, g.index.hash(s)}, none, 0, 0); err != nil {
			return g, err
		}
	}
	batch := newBatch(g, watch, opts.Workers)
	for from := 0; from < g.Len(); {
		for _, b := range batch.expand(ctx, from) {
			begin := 0
			for _, end := range b.ends {
				if opts.First && watch.violated {
					return g, ErrStopped
				}
				if err := x.merge(uint32(from), &b, b.arcs[begin:end]); err != nil {
					return g, err
				}
				begin = end
				if from++; opts.Progress != nil && from%progressEvery == 0 {
					opts.Progress(Progress{g.Len(), from, g.count, g.MaxDepth()})
				}
			}
			if b.cut {
				return g, context.Cause(ctx)
			}
		}
	}
	if keep {
		g.first = append(g.first, len(g.to))
	}
	return g, nil
}

// merge adds the steps of state from, which are the next of block b.
func (x *explorer[S]) merge(from uint32, b *block[S], arcs []arc) error {
	g := x.g
	if x.keep {
		g.first = append(g.first, len(g.to))
	}
	if x.depth+1 < len(g.levels) && from == g.levels[x.depth+1] {
		x.depth++
	}
	x.row = x.row[:0]
	for _, a := range arcs {
		if a.noted {
			step := b.noted[0]
			b.noted = b.noted[1:]
			a.label = g.intern(step.Label)
			x.watch.step(from, g.states[from], step)
		}
		if a.to == none {
			var err error
			if a.to, err = x.reach(b.fresh[0], from, a.label, x.depth+1); err != nil {
				return err
			}
			b.fresh = b.fresh[1:]
		}
		if edge := uint64(a.to)<<32 | uint64(a.label); !slices.Contains(x.row, edge) {
			x.row = append(x.row, edge)
		}
	}
	if len(arcs) == 0 {
		x.watch.end(from, g.states[from])
	}
	g.count += len(x.row)
	if x.keep {
		for _, edge := range x.row {
			g.to = append(g.to, uint32(edge>>32))
			g.label = append(g.label, uint32(edge))
		}
	}
	return nil
}

// reach returns the number of a state, which it adds if it is new.
func (x *explorer[S]) reach(f fresh[S], parent, via uint32, depth int) (uint32, error) {
	g := x.g
	id, slot, ok := g.index.find(f.s, f.hash, g.states)
	if ok {
		return id, nil
	}
	if err := x.limit.admits(len(g.states), depth); err != nil {
		return 0, err
	}
	id = uint32(len(g.states))
	if len(g.levels) == depth {
		g.levels = append(g.levels, id)
	}
	g.states = append(g.states, f.s)
	g.parent = append(g.parent, parent)
	g.via = append(g.via, via)
	g.index.insert(slot, f.hash, len(g.states))
	x.watch.state(id, f.s)
	return id, nil
}
