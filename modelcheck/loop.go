package modelcheck

import "slices"

// loop returns a shortest loop at s, for which a state of a fair component
// stands, that meets every premise. It is a breadth-first search of pairs of a
// state and the premises met so far: with p premises up to 2^p pairs a
// state, or 3^p if they are strongly fair. It is nil if the context is done.
func (r *run[S]) loop(s S, id uint32) []Step[S] {
	type pair struct {
		s S
		offer
	}
	type node struct {
		pair
		id   uint32
		prev int
		via  string
	}
	nodes := []node{{pair: pair{s: s}, id: id}} // its own offer is added on return
	seen := map[pair]bool{}
	for n := 0; r.ctx.Err() == nil; n++ {
		if n == len(nodes) {
			panic(notSymmetric + "no loop like that at " + r.g.sys.Show(s))
		}
		from := nodes[n]
		for step, to := range r.inside(from.s, from.id) {
			next := pair{step.To, from.and(r.take(Edge[S]{from.s, step.Label, step.To})).and(r.visit(to))}
			if seen[next] {
				continue
			}
			seen[next] = true
			nodes = append(nodes, node{next, to, n, step.Label})
			if next.s != s || !next.meets(r.full) {
				continue
			}
			var steps []Step[S]
			for n := len(nodes) - 1; n > 0; n = nodes[n].prev {
				steps = append(steps, Step[S]{nodes[n].via, nodes[n].s})
			}
			slices.Reverse(steps)
			return steps
		}
	}
	return nil
}
