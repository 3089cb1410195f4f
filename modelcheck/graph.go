package modelcheck

import (
	"iter"
	"reflect"
	"slices"
	"sort"
)

// none is the parent of an initial state.
const none = ^uint32(0)

// Graph is what an exploration found. States are numbered from 0 in the order
// of discovery, so a smaller number is never deeper. Use [Explore].
type Graph[S comparable] struct {
	sys    System[S]
	states []S
	parent []uint32 // of each state, the state it was discovered from
	via    []uint32 // of each state, the label of the step from its parent
	levels []uint32 // the first state of each depth
	index  index[S]

	labels []string
	number map[string]uint32 // of each label

	count int // of edges
	// The edges, if they are kept: those of state i are first[i] to first[i+1].
	first []int
	to    []uint32
	label []uint32
}

// Len returns the number of states.
func (g *Graph[S]) Len() int { return len(g.states) }

// EdgeLen returns the number of edges.
func (g *Graph[S]) EdgeLen() int { return g.count }

// MaxDepth returns the depth of the deepest state, 0 if there is none.
func (g *Graph[S]) MaxDepth() int { return max(0, len(g.levels)-1) }

// Bytes returns how much memory the graph takes: for the states, how each was
// discovered, the table that finds them, and the edges if they are kept, each
// with what was allocated ahead. What a state points to is not in it, and
// neither is the old copy of a part while that grows.
func (g *Graph[S]) Bytes() int {
	return cap(g.states)*int(reflect.TypeFor[S]().Size()) + 4*(cap(g.parent)+cap(g.via)+cap(g.levels)+cap(g.to)+cap(g.label)) +
		8*(cap(g.index.slots)+cap(g.first))
}

// State returns state i. It panics if there is none.
func (g *Graph[S]) State(i int) S { return g.states[i] }

// States yields the states in the order of their numbers.
func (g *Graph[S]) States() iter.Seq2[int, S] { return slices.All(g.states) }

// Find returns the number of s or of its canonical form; ok is false if that
// was not reached.
func (g *Graph[S]) Find(s S) (i int, ok bool) {
	s = g.sys.represent(s)
	id, _, ok := g.index.find(s, g.index.hash(s), g.states)
	return int(id), ok
}

// Depth returns the least number of steps from an initial state to state i, in
// time logarithmic in the greatest depth.
func (g *Graph[S]) Depth(i int) int {
	return sort.Search(len(g.levels), func(d int) bool { return int(g.levels[d]) > i }) - 1
}

// Parent returns the state that state i was discovered from; ok is false for
// an initial state.
func (g *Graph[S]) Parent(i int) (parent int, ok bool) {
	if g.parent[i] == none {
		return 0, false
	}
	return int(g.parent[i]), true
}

// Path returns a shortest path from an initial state to state i, or to a state
// whose canonical form it is.
func (g *Graph[S]) Path(i int) *Trace[S] {
	t := &Trace[S]{format: g.sys.Show}
	id := uint32(i)
	for ; g.parent[id] != none; id = g.parent[id] {
		t.Stem = append(t.Stem, g.arrival(id))
	}
	slices.Reverse(t.Stem)
	start := slices.IndexFunc(g.sys.Initial, func(s S) bool { return g.sys.represent(s) == g.states[id] })
	t.Start = g.sys.Initial[start]
	t.Stem = g.lift(t.Start, t.Stem)
	return t
}

// arrival is the step by which state id was discovered.
func (g *Graph[S]) arrival(id uint32) Step[S] { return Step[S]{g.labels[g.via[id]], g.states[id]} }

// Edges yields every edge once, ordered by the number of the state it leaves
// and then as [System.Next] did. After a [Limit] was hit, the edges of the
// states that were not expanded are missing.
func (g *Graph[S]) Edges() iter.Seq[Edge[S]] {
	return func(yield func(Edge[S]) bool) {
		for id := range len(g.first) - 1 {
			for e := g.first[id]; e < g.first[id+1]; e++ {
				if !yield(g.edge(uint32(id), e)) {
					return
				}
			}
		}
	}
}

func (g *Graph[S]) edge(from uint32, e int) Edge[S] {
	return Edge[S]{g.states[from], g.labels[g.label[e]], g.states[g.to[e]]}
}

func (g *Graph[S]) intern(label string) uint32 {
	n, ok := g.number[label]
	if !ok {
		n = uint32(len(g.labels))
		g.number[label] = n
		g.labels = append(g.labels, label)
	}
	return n
}
