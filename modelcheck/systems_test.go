package modelcheck_test

import (
	"slices"
	"strings"

	. "accio/modelcheck"
)

// Systems whose size is known from elsewhere.

// counter counts to n and begins again.
func counter(n int) System[int] {
	return System[int]{Initial: []int{0}, Next: func(i int) []Step[int] { return []Step[int]{{"tick", (i + 1) % n}} }}
}

// line counts to n and stops.
func line(n int) System[int] {
	return System[int]{Initial: []int{0}, Next: func(i int) []Step[int] {
		if i == n {
			return nil
		}
		return []Step[int]{{"tick", i + 1}}
	}}
}

// philosophers take the left fork, then the right one. Each of the n letters
// is T (thinks), L (has the left fork) or E (eats); no E stands before an L or
// an E, so there are as many states as the n-th Pell-Lucas number.
func philosophers(n int) System[string] {
	return System[string]{Initial: []string{strings.Repeat("T", n)}, Next: func(s string) []Step[string] {
		var steps []Step[string]
		for i := range n {
			left, right := s[(i+n-1)%n], s[(i+1)%n]
			become := func(label string, c byte) {
				to := []byte(s)
				to[i] = c
				steps = append(steps, Step[string]{label, string(to)})
			}
			switch {
			case s[i] == 'T' && left != 'E':
				become("take", 'L')
			case s[i] == 'L' && right == 'T':
				become("eat", 'E')
			case s[i] == 'E':
				become("think", 'T')
			}
		}
		return steps
	}}
}

// cube flips one of n bits.
func cube(n int) System[uint32] {
	return System[uint32]{Initial: []uint32{0}, Next: func(s uint32) []Step[uint32] {
		steps := make([]Step[uint32], n)
		for i := range n {
			steps[i] = Step[uint32]{"flip", s ^ 1<<i}
		}
		return steps
	}}
}

// puzzle is the sliding puzzle of 8 tiles: half of 9! positions, the farthest
// 31 moves away.
func puzzle() System[[9]byte] {
	return System[[9]byte]{Initial: []([9]byte){{0, 1, 2, 3, 4, 5, 6, 7, 8}}, Next: func(s [9]byte) []Step[[9]byte] {
		var steps []Step[[9]byte]
		hole := slices.Index(s[:], 0)
		move := func(ok bool, label string, from int) {
			if ok {
				to := s
				to[hole], to[from] = s[from], 0
				steps = append(steps, Step[[9]byte]{label, to})
			}
		}
		move(hole > 2, "down", hole-3)
		move(hole < 6, "up", hole+3)
		move(hole%3 > 0, "right", hole-1)
		move(hole%3 < 2, "left", hole+1)
		return steps
	}}
}

// hanoi is the tower of n discs: the peg of each. There are 3^n states; from
// peg a to peg c it takes 2^n-1 moves.
func hanoi(n int) System[string] {
	return System[string]{Initial: []string{strings.Repeat("a", n)}, Next: func(s string) []Step[string] {
		var steps []Step[string]
		for _, from := range "abc" {
			for _, to := range "abc" {
				disc := strings.IndexRune(s, from)
				if disc < 0 || strings.ContainsRune(s[:disc+1], to) {
					continue
				}
				steps = append(steps, Step[string]{string(from) + string(to), s[:disc] + string(to) + s[disc+1:]})
			}
		}
		return steps
	}}
}

// peterson is Peterson's lock of two processes. Each does one atomic act a
// step: raise the flag, give the turn away, enter, work any number of times,
// leave.
type peterson struct {
	pc   [2]int // 0 idle, 1 flag is up, 2 waits, 3 critical
	turn int
}

func petersons() System[peterson] {
	return System[peterson]{Initial: []peterson{{}, {turn: 1}}, Next: func(s peterson) []Step[peterson] {
		var steps []Step[peterson]
		for i, me := range []string{"p", "q"} {
			to := s
			switch s.pc[i] {
			case 0:
				to.pc[i] = 1
			case 1:
				to.pc[i], to.turn = 2, 1-i
			case 2:
				if s.pc[1-i] != 0 && s.turn != i {
					continue
				}
				to.pc[i] = 3
			case 3:
				to.pc[i] = 0
				steps = append(steps, Step[peterson]{me + " works", s})
			}
			steps = append(steps, Step[peterson]{me, to})
		}
		return steps
	}}
}
