package transport

import "container/heap"

// due are the members that have a deadline, the earliest first.
type due []*member

func (d due) Len() int           { return len(d) }
func (d due) Less(i, j int) bool { return d[i].deadline < d[j].deadline }
func (d due) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].due, d[j].due = i, j
}

// Push and Pop are for package heap.
func (d *due) Push(x any) {
	m := x.(*member)
	m.due = len(*d)
	*d = append(*d, m)
}

func (d *due) Pop() any {
	last := len(*d) - 1
	m := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	m.due = -1
	return m
}

// set notes the deadline of a member, which may have had another.
func (d *due) set(m *member) {
	if m.due < 0 {
		heap.Push(d, m)
	} else {
		heap.Fix(d, m.due)
	}
}

func (d *due) remove(m *member) {
	if m.due >= 0 {
		heap.Remove(d, m.due)
	}
}
