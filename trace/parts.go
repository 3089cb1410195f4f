package trace

import (
	"cmp"
	"slices"
)

// Part is what a file has of a run of the server.
type Part struct {
	Run       string // when it began, as the line of the run says; empty if there is none
	Instance  string // what the server is called among others; may be empty
	Numbers   Numbers
	Connected int // how many connections it has
}

func (p *Part) add(connection uint64) {
	p.Connected++
	p.Numbers.add(connection)
}

// String names the run.
func (p *Part) String() string {
	text := "the run of " + p.Run
	if p.Instance != "" {
		text += " of instance " + p.Instance
	}
	return text
}

// Numbers are those of connections, as ranges from the lowest to the highest.
type Numbers [][2]uint64

// add adds one number. It looks at the highest ranges first.
func (n *Numbers) add(number uint64) {
	list := *n
	i := len(list)
	for i > 0 && list[i-1][0] > number {
		i--
	}
	joins := i > 0 && number <= list[i-1][1]+1
	switch next := i < len(list) && number+1 == list[i][0]; {
	case joins && next:
		list[i-1][1] = list[i][1]
		*n = slices.Delete(list, i, i+1)
	case joins:
		list[i-1][1] = max(list[i-1][1], number)
	case next:
		list[i][0] = number
	default:
		*n = slices.Insert(list, i, [2]uint64{number, number})
	}
}

// Both returns the first range that two have in common; ok is false if none is.
func (n Numbers) Both(other Numbers) (common [2]uint64, ok bool) {
	for i, j := 0, 0; i < len(n) && j < len(other); {
		common = [2]uint64{max(n[i][0], other[j][0]), min(n[i][1], other[j][1])}
		if common[0] <= common[1] {
			return common, true
		}
		if n[i][1] < other[j][1] {
			i++
		} else {
			j++
		}
	}
	return common, false
}

// Without returns the numbers from 1 to the highest that are not among them.
func (n Numbers) Without() (missing Numbers) {
	next := uint64(1)
	for _, r := range n {
		if r[0] > next {
			missing = append(missing, [2]uint64{next, r[0] - 1})
		}
		next = r[1] + 1
	}
	return missing
}

// With returns the numbers that are in either.
func (n Numbers) With(other Numbers) (all Numbers) {
	all = slices.Concat(n, other)
	slices.SortFunc(all, func(a, b [2]uint64) int { return cmp.Compare(a[0], b[0]) })
	joined := all[:0]
	for _, r := range all {
		if last := len(joined) - 1; last >= 0 && r[0]-1 <= joined[last][1] { // no number is 0
			joined[last][1] = max(joined[last][1], r[1])
		} else {
			joined = append(joined, r)
		}
	}
	return joined
}

// Count returns how many they are.
func (n Numbers) Count() (count int) {
	for _, r := range n {
		count += int(r[1] - r[0] + 1)
	}
	return count
}
