package modelcheck

import "slices"

// loop returns a shortest loop at a state of a fair component that meets every
// premise. It is a breadth-first search of pairs of a state of the component
// and the premises met so far: with p premises up to 2^p pairs a state. It is nil if the
// context is done.
func (r *run[S]) loop(at uint32) []Step[S] {
	type pair struct {
		id   uint32
		mask uint64
	}
	type node struct {
		pair
		prev int
		e    int
	}
	g := r.g
	nodes := []node{{pair: pair{id: at}}} // its own mask is added on return
	seen := map[pair]bool{}
	for n := 0; r.ctx.Err() == nil; n++ {
		from := nodes[n]
		for e := g.first[from.id]; e < g.first[from.id+1]; e++ {
			to := g.to[e]
			if r.comp[to] != r.comp[at] || !r.usable(from.id, e) {
				continue
			}
			next := pair{to, from.mask | r.take(from.id, e) | r.stay(to)}
			if seen[next] {
				continue
			}
			seen[next] = true
			nodes = append(nodes, node{next, n, e})
			if next != (pair{at, r.full}) {
				continue
			}
			var steps []Step[S]
			for n := len(nodes) - 1; n > 0; n = nodes[n].prev {
				steps = append(steps, Step[S]{g.labels[g.label[nodes[n].e]], g.states[nodes[n].id]})
			}
			slices.Reverse(steps)
			return steps
		}
	}
	return nil
}
