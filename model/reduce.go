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
	parts := make(g.Parts, len(q.place))
	for i := range parts {
		parts[i] = []*g.Var{q.place[i], q.sent[i], q.line[i]}
	}
	pair := parts[:min(2, len(parts))]
	return reduced(q.Program, q.line, pair, q.first, nil, parts[len(pair):])
}

// Reduce returns the crowd up to a renaming of its clients: the last two, of
// which one notes who was there first, may change places if both are greedy or
// neither is; so may the other greedy ones, and the others. Which step was the
// last is left out, but for the passing of time. What is claimed of each client
// becomes what is claimed of one, or nothing.
func (c *Crowd) Reduce() *g.Program {
	parts := make(g.Parts, len(c.place))
	for i := range parts {
		parts[i] = []*g.Var{c.place[i], c.machine[i].state, c.sent[i], c.line[i]}
	}
	n := len(parts)
	single := max(n-2, 0)
	greedy := min(c.greedy, single)
	pair := parts[single:]
	if c.greedy == n-1 {
		pair = nil
	}
	return reduced(c.Program, c.line, pair, c.first, []*g.Var{c.went, c.aborted}, parts[:greedy], parts[greedy:single])
}

// reduced returns a program up to a change of places in a pair, of which first notes who
// came first, and within each group; what is forgotten is the same to everybody. Instead
// of each client one is claimed to be counted, and nothing else is claimed of each.
func reduced(program *g.Program, line []*g.Var, pair g.Parts, first *g.Var, forgotten []*g.Var, groups ...g.Parts) *g.Program {
	p := *program
	p.Canonical = func(s g.State) g.State {
		for _, v := range forgotten {
			v.Put(&s, 0)
		}
		if len(pair) == 2 && pair.Before(&s, 1, 0) {
			pair.Swap(&s, 0, 1)
			if n := first.Value(s); n != 0 {
				first.Put(&s, 3-n)
			}
		}
		for _, group := range groups {
			group.Sort(&s)
		}
		return s
	}
	var any []g.Expr
	for _, v := range line {
		any = append(any, v.Is(counted))
	}
	p.Claims = slices.DeleteFunc(slices.Clone(p.Claims), func(c g.Claim) bool {
		return slices.ContainsFunc([]string{"counted_", "served_", "limited_"}, func(each string) bool { return strings.HasPrefix(c.Name, each) })
	})
	p.Claim(g.Sometimes("counted", "a client is counted", g.Or(any...)))
	return &p
}
