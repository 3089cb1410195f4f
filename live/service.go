package live

import (
	"math/bits"
	"sync/atomic"
)

// service are the connections in service, each in a slot of its own. One goroutine at a
// time changes it, and waits for nobody; any may read it.
type service struct {
	blocks [32]atomic.Pointer[[]atomic.Pointer[record]] // of 1, 2, 4, … slots
	most   atomic.Int64                                 // slots that were ever taken
	free   []int                                        // slots among those; not for readers
}

// slot returns the slot of that number, if its block is there.
func (s *service) slot(i int) *atomic.Pointer[record] {
	block := bits.Len(uint(i+1)) - 1
	return &(*s.blocks[block].Load())[i+1-1<<block]
}

func (s *service) enter(r *record) {
	if last := len(s.free) - 1; last >= 0 {
		r.slot, s.free = s.free[last], s.free[:last]
	} else {
		r.slot = int(s.most.Load())
		if n := r.slot + 1; n&(n-1) == 0 { // the first of its block
			slots := make([]atomic.Pointer[record], n)
			s.blocks[bits.Len(uint(n))-1].Store(&slots)
		}
		s.most.Add(1)
	}
	s.slot(r.slot).Store(r)
}

func (s *service) leave(r *record) {
	s.slot(r.slot).Store(nil)
	s.free = append(s.free, r.slot)
}

// all calls f with those that are there.
func (s *service) all(f func(r *record)) {
	for i := range int(s.most.Load()) {
		if r := s.slot(i).Load(); r != nil {
			f(r)
		}
	}
}
