package modelcheck

import "slices"

// edgeBit marks, in a mask, a step; the bits below it mark premises.
const edgeBit = uint64(1) << maxPremises

// offer is what a loop, or every loop through the whole of a component, does
// about the premises.
type offer struct {
	met   uint64 // the mask of those that it meets
	lacks uint64 // of the strongly fair ones not met, the mask of those with a step on the way
}

func (o offer) and(p offer) offer {
	met := o.met | p.met
	return offer{met, (o.lacks | p.lacks) &^ met}
}

// meets reports whether all of full is met, and nothing is lacking.
func (o offer) meets(full uint64) bool { return full&^o.met == 0 && o.lacks == 0 }

// visit is the offer of visiting a state: it meets a weakly fair premise if it
// has no such step.
func (r *run[S]) visit(id uint32) (o offer) {
	for i, p := range r.premises {
		switch p.form {
		case weaklyFair:
			if !r.has(id, p.step) {
				o.met |= 1 << i
			}
		case stronglyFair:
			if r.has(id, p.step) {
				o.lacks |= 1 << i
			}
		}
	}
	return o
}

// has reports whether state id has such a step, usable or not.
func (r *run[S]) has(id uint32, step StepPred[S]) bool {
	for e := r.g.first[id]; e < r.g.first[id+1]; e++ {
		if edge := r.g.edge(id, e); step(edge.From, edge.Label, edge.To) {
			return true
		}
	}
	return false
}

// take is the offer of taking an edge that is usable.
func (r *run[S]) take(e Edge[S]) offer {
	o := offer{met: edgeBit}
	for i, p := range r.premises {
		if p.step(e.From, e.Label, e.To) {
			o.met |= 1 << i
		}
	}
	return o
}

// offers returns what each component offers a loop. One that visits the whole
// of a component exists, and none meets more.
func (r *run[S]) offers(components int) []offer {
	offers := make([]offer, components+1)
	for _, id := range r.live {
		if r.ctx.Err() != nil {
			break
		}
		c := r.comp[id]
		offers[c] = offers[c].and(r.visit(id))
		for e := r.g.first[id]; e < r.g.first[id+1]; e++ {
			if r.comp[r.g.to[e]] == c && r.usable(id, e) {
				offers[c] = offers[c].and(r.take(r.g.edge(id, e)))
			}
		}
	}
	return offers
}

// refine returns the offers of components without the states at which a
// strongly fair step is possible that their component does not take: no fair
// loop visits them. Without them the rest may fall apart, and lack more.
func (r *run[S]) refine() []offer {
	r.live, r.out = slices.Clone(r.order), make([]bool, r.g.Len())
	for {
		offers, before := r.offers(r.components()), len(r.live)
		if r.ctx.Err() != nil {
			return offers
		}
		r.live = slices.DeleteFunc(r.live, func(id uint32) bool {
			lacks := offers[r.comp[id]].lacks
			r.out[id] = lacks != 0 && lacks&r.visit(id).lacks != 0
			return r.out[id]
		})
		if len(r.live) == before {
			return offers
		}
	}
}
