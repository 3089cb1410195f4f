package modelcheck

import (
	"context"
	"sync"
	"sync/atomic"
)

// How many states are expanded before what was found is numbered, and how many
// of them by one goroutine in a row.
const (
	batchStates = 4096
	blockStates = 64
)

// batch expands many states at once. It reads the graph, which must not change
// meanwhile; whoever asked for it numbers what it found.
type batch[S comparable] struct {
	g       *Graph[S]
	watch   *watchers[S]
	workers int
	blocks  []block[S]
	steps   [][]Step[S] // of each worker, to be used again
}

// block is what some states in a row lead to.
type block[S comparable] struct {
	ends  []int // of each state, where its steps end in arcs
	arcs  []arc
	fresh []fresh[S] // where the arcs lead that have no number yet, in their order
	noted []Step[S]  // of the arcs that are noted, in their order
	cut   bool       // the context was done before the end
}

// arc is a step as far as its numbers are known.
type arc struct {
	to, label uint32 // none if there is no number yet
	noted     bool   // its label has no number yet, or a property looks for it
}

// fresh is a state that was not in the graph when its block was expanded.
type fresh[S comparable] struct {
	s    S
	hash uint32
}

func newBatch[S comparable](g *Graph[S], watch *watchers[S], workers int) *batch[S] {
	workers = max(1, workers)
	return &batch[S]{g: g, watch: watch, workers: workers, steps: make([][]Step[S], workers)}
}

// expand returns what the states from there on lead to, in their order.
func (b *batch[S]) expand(ctx context.Context, from int) []block[S] {
	to := min(b.g.Len(), from+batchStates)
	count := (to - from + blockStates - 1) / blockStates
	for len(b.blocks) < count {
		b.blocks = append(b.blocks, block[S]{})
	}
	var taken atomic.Int64
	work := func(worker int) {
		for {
			n := int(taken.Add(1)) - 1
			if n >= count {
				return
			}
			first := from + n*blockStates
			b.steps[worker] = b.blocks[n].expand(ctx, b.g, b.watch, first, min(to, first+blockStates), b.steps[worker])
		}
	}
	var others sync.WaitGroup
	for worker := 1; worker < min(b.workers, count); worker++ {
		others.Go(func() { work(worker) })
	}
	work(0)
	others.Wait()
	return b.blocks[:count]
}

func (b *block[S]) expand(ctx context.Context, g *Graph[S], watch *watchers[S], from, to int, steps []Step[S]) []Step[S] {
	b.ends, b.arcs, b.fresh, b.noted = b.ends[:0], b.arcs[:0], b.fresh[:0], b.noted[:0]
	for id := from; id < to; id++ {
		if b.cut = ctx.Err() != nil; b.cut {
			break
		}
		s := g.states[id]
		steps = g.sys.AppendSteps(steps[:0], s)
		for i := range steps {
			b.add(g, watch, s, &steps[i])
		}
		b.ends = append(b.ends, len(b.arcs))
	}
	return steps
}

func (b *block[S]) add(g *Graph[S], watch *watchers[S], from S, step *Step[S]) {
	a := arc{to: none, label: none}
	if n, ok := g.number[step.Label]; ok {
		a.label = n
	}
	to := g.sys.represent(step.To)
	hash := g.index.hash(to)
	if id, _, ok := g.index.find(to, hash, g.states); ok {
		a.to = id
	} else {
		b.fresh = append(b.fresh, fresh[S]{to, hash})
	}
	if a.noted = a.label == none || watch.wants(from, step); a.noted {
		b.noted = append(b.noted, *step)
	}
	b.arcs = append(b.arcs, a)
}
