package modelcheck

import "slices"

// Explore visits the states that sys can reach, breadth first, and keeps the
// edges. The error is [ErrNoInitial] or a [*BoundError]; the graph then holds
// what was found up to there. Time is linear in states and edges, but for the
// search for equal steps, which is quadratic in the steps of one state.
func Explore[S comparable](sys System[S], limit Limit) (*Graph[S], error) {
	return explore(sys, limit, true, &watchers[S]{})
}

func explore[S comparable](sys System[S], limit Limit, keep bool, watch *watchers[S]) (*Graph[S], error) {
	g := &Graph[S]{sys: sys, index: newIndex[S](), number: map[string]uint32{}}
	if len(sys.Initial) == 0 {
		return g, ErrNoInitial
	}
	for _, s := range sys.Initial {
		if _, err := g.reach(s, none, 0, 0, limit, watch); err != nil {
			return g, err
		}
	}
	var row []uint64 // the edges of the state at hand: target above label
	depth := 0
	for from := uint32(0); int(from) < len(g.states); from++ {
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
			to, err := g.reach(step.To, from, label, depth+1, limit, watch)
			if err != nil {
				return g, err
			}
			if edge := uint64(to)<<32 | uint64(label); !slices.Contains(row, edge) {
				row = append(row, edge)
				watch.step(from, s, step)
			}
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
