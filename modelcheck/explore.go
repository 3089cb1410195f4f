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

func explore[S comparable](ctx context.Context, sys System[S], opts Options, keep bool, watch *watchers[S]) (*Graph[S], error) {
	g := &Graph[S]{sys: sys, index: newIndex[S](), number: map[string]uint32{}}
	if len(sys.Initial) == 0 {
		return g, ErrNoInitial
	}
	for _, s := range sys.Initial {
		if _, err := g.reach(sys.represent(s), none, 0, 0, opts.Limit, watch); err != nil {
			return g, err
		}
	}
	var row []uint64 // the edges of the state at hand: target above label
	depth := 0
	for from := uint32(0); int(from) < len(g.states); from++ {
		if ctx.Err() != nil {
			return g, context.Cause(ctx)
		}
		if opts.First && watch.violated {
			return g, ErrStopped
		}
		if keep {
			g.first = append(g.first, len(g.to))
		}
		if depth+1 < len(g.levels) && from == g.levels[depth+1] {
			depth++
		}
		s := g.states[from]
		steps := sys.Next(s)
		row = row[:0]
		for _, step := range steps {
			label := g.intern(step.Label)
			to, err := g.reach(sys.represent(step.To), from, label, depth+1, opts.Limit, watch)
			if err != nil {
				return g, err
			}
			if edge := uint64(to)<<32 | uint64(label); !slices.Contains(row, edge) {
				row = append(row, edge)
			} else if sys.Canonical == nil {
				continue
			}
			watch.step(from, s, step)
		}
		if len(steps) == 0 {
			watch.end(from, s)
		}
		g.count += len(row)
		if keep {
			for _, edge := range row {
				g.to = append(g.to, uint32(edge>>32))
				g.label = append(g.label, uint32(edge))
			}
		}
		if expanded := int(from) + 1; opts.Progress != nil && expanded%progressEvery == 0 {
			opts.Progress(Progress{g.Len(), expanded, g.count, g.MaxDepth()})
		}
	}
	if keep {
		g.first = append(g.first, len(g.to))
	}
	return g, nil
}

// reach returns the number of s, which it adds if s is new.
func (g *Graph[S]) reach(s S, parent, via uint32, depth int, limit Limit, watch *watchers[S]) (uint32, error) {
	id, slot, hash, ok := g.index.find(s, g.states)
	if ok {
		return id, nil
	}
	if err := limit.admits(len(g.states), depth); err != nil {
		return 0, err
	}
	id = uint32(len(g.states))
	if len(g.levels) == depth {
		g.levels = append(g.levels, id)
	}
	g.states = append(g.states, s)
	g.parent = append(g.parent, parent)
	g.via = append(g.via, via)
	g.index.insert(slot, hash, len(g.states))
	watch.state(id, s)
	return id, nil
}
