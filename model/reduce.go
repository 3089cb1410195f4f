package model

import (
	"slices"
	"strings"

	g "accio/model/guarded"
)

// Reduce returns the queue up to a renaming of its clients: the first two, of
// which one notes who was there first, may change places, and so may all the
// others. That each client can be counted becomes that one can.
func (q *Queue) Reduce() *g.Program {
	p := *q.Program
	var pair, others g.Parts
	var any []g.Expr
	for i := range q.place {
		part := []*g.Var{q.place[i], q.sent[i], q.line[i]}
		if i < 2 {
			pair = append(pair, part)
		} else {
			others = append(others, part)
		}
		any = append(any, q.line[i].Is(counted))
	}
	p.Canonical = func(s g.State) g.State {
		if len(pair) == 2 && pair.Before(&s, 1, 0) {
			pair.Swap(&s, 0, 1)
			if n := q.first.Value(s); n != 0 {
				q.first.Put(&s, 3-n)
			}
		}
		others.Sort(&s)
		return s
	}
	p.Claims = slices.DeleteFunc(slices.Clone(p.Claims), func(c g.Claim) bool { return strings.HasPrefix(c.Name, "counted_") })
	p.Claim(g.Sometimes("counted", "a client is counted", g.Or(any...)))
	return &p
}
