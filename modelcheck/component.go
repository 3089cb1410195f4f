package modelcheck

// components fills comp with the strongly connected components of the live
// states, joined by usable edges, and returns how many there are. They are
// numbered from 1. It is Tarjan's algorithm with its recursion on the heap.
func (r *run[S]) components() int {
	type frame struct {
		id uint32
		e  int // the next edge to follow
	}
	g := r.g
	r.comp = make([]uint32, g.Len())
	visit := make([]uint32, g.Len()) // the order of visits; zero is not yet
	low := make([]uint32, g.Len())   // the earliest visit known to be in the same component
	var visits, count uint32
	var stack []uint32
	var frames []frame
	push := func(id uint32) {
		visits++
		visit[id], low[id] = visits, visits
		stack = append(stack, id)
		frames = append(frames, frame{id, g.first[id]})
	}
	for _, root := range r.live {
		if visit[root] == 0 {
			push(root)
		}
		for len(frames) > 0 {
			if r.ctx.Err() != nil {
				return int(count)
			}
			top := &frames[len(frames)-1]
			id := top.id
			if e := top.e; e < g.first[id+1] {
				top.e++
				switch to := g.to[e]; {
				case !r.usable(id, e):
				case visit[to] == 0:
					push(to)
				case r.comp[to] == 0:
					low[id] = min(low[id], visit[to])
				}
				continue
			}
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				above := frames[len(frames)-1].id
				low[above] = min(low[above], low[id])
			}
			if low[id] != visit[id] {
				continue
			}
			count++
			for r.comp[id] == 0 {
				last := len(stack) - 1
				r.comp[stack[last]] = count
				stack = stack[:last]
			}
		}
	}
	return int(count)
}
