package modelcheck

import "hash/maphash"

// index finds the number of a state. It is an open-addressing table that holds
// no state, only 8 bytes a slot: 32 bits of the hash above the number plus one.
// At least a quarter of the slots is free. The order of states never depends
// on it.
type index[S comparable] struct {
	seed  maphash.Seed
	slots []uint64 // zero is free; the length is a power of two
}

func newIndex[S comparable]() index[S] {
	return index[S]{seed: maphash.MakeSeed(), slots: make([]uint64, 64)}
}

func (x *index[S]) hash(s S) uint32 { return uint32(maphash.Comparable(x.seed, s) >> 32) }

// find returns the number of s, which has that hash, or ok false and the slot
// to pass to insert.
func (x *index[S]) find(s S, hash uint32, states []S) (id uint32, slot int, ok bool) {
	mask := len(x.slots) - 1
	for slot = int(hash) & mask; x.slots[slot] != 0; slot = (slot + 1) & mask {
		if uint32(x.slots[slot]>>32) == hash {
			if id = uint32(x.slots[slot]) - 1; states[id] == s {
				return id, slot, true
			}
		}
	}
	return 0, slot, false
}

// insert fills a free slot with the number of the newest of n states.
func (x *index[S]) insert(slot int, hash uint32, n int) {
	x.slots[slot] = uint64(hash)<<32 | uint64(n)
	if n*4 <= len(x.slots)*3 {
		return
	}
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	mask := len(x.slots) - 1
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := int(entry>>32) & mask
		for x.slots[at] != 0 {
			at = (at + 1) & mask
		}
		x.slots[at] = entry
	}
}
