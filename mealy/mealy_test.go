package mealy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accio/internal/require"
)

// random returns a minimal machine with n states, all of which can be reached.
func random(r *rand.Rand, n, inputs, outputs int) *Machine {
	for {
		m := &Machine{}
		for i := range inputs {
			m.Inputs = append(m.Inputs, string(rune('a'+i)))
		}
		for range n {
			edges := map[string]Edge{}
			for _, in := range m.Inputs {
				edges[in] = Edge{strconv.Itoa(r.IntN(outputs)), r.IntN(n)}
			}
			m.Edges = append(m.Edges, edges)
		}
		if minimal(m) {
			return m
		}
	}
}

// minimal reports whether all states can be reached, and are apart.
func minimal(m *Machine) bool {
	if slices.ContainsFunc(m.Access(), func(w Word) bool { return w == nil }) {
		return false
	}
	for s := range m.Edges {
		for t := range s {
			if _, ok := Apart(m, s, m, t); !ok {
				return false
			}
		}
	}
	return true
}

// teacher answers as a machine does, and counts.
func teacher(m *Machine, asked *int) func(context.Context, []Word) ([]Word, error) {
	return func(_ context.Context, words []Word) (answers []Word, err error) {
		for _, w := range words {
			*asked++
			out, _ := m.Run(w)
			answers = append(answers, out)
		}
		return answers, nil
	}
}

// same is brute force: all words up to a length are answered alike.
func same(a, b *Machine, length int) (Word, bool) {
	words := []Word{{}}
	for range length {
		var next []Word
		for _, w := range words {
			for _, in := range a.Inputs {
				longer := append(slices.Clone(w), in)
				x, _ := a.Run(longer)
				y, _ := b.Run(longer)
				if !slices.Equal(x, y) {
					return longer, false
				}
				next = append(next, longer)
			}
		}
		words = next
	}
	return nil, true
}

// Random machines are learned, to the state; up to 60 of them.
func TestRandomMachines(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	learned := 0
	for _, n := range []int{1, 2, 3, 5, 8, 13, 20, 30, 45, 60} {
		for k := range 5 {
			m := random(r, n, 2+k, 2+k%3)
			asked := 0
			l := &Learner{Inputs: m.Inputs, Ask: teacher(m, &asked)}
			left := 100 * n // words that a suite for the states that are known does not have
			l.Random = func(h *Machine) (words []Word) {
				sample := h.Sampler(r, 3)
				for range min(left, 200) {
					words = append(words, sample())
				}
				left -= len(words)
				return words
			}
			got, err := l.Learn(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if w, ok := Difference(m, got.Machine); ok || len(got.Machine.Edges) != n {
				t.Errorf("%d states, %d inputs: learned %d; different: %q", n, len(m.Inputs), len(got.Machine.Edges), w)
			}
			t.Logf("%2d states, %d inputs: %4d queries, %4d to test the result; kn² is %d", n, len(m.Inputs), got.Needed, got.Queries-got.Needed, len(m.Inputs)*n*n)
			if got.Queries != asked || !got.Whole || got.Needed > got.Queries || n > 1 && got.Needed < n {
				t.Errorf("%d queries, it says %d", asked, got.Queries)
			}
			if n <= 5 {
				if w, ok := same(m, got.Machine, 7); !ok {
					t.Errorf("brute force: %q", w)
				}
			}
			learned++
		}
	}
	require.Ran(t, "machines", learned, 50)
}

// Difference agrees with brute force: two machines of n states each that differ
// do so within 2n-1 inputs.
func TestDifference(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	alike, different := 0, 0
	for range 300 {
		n := 1 + r.IntN(4)
		a, b := random(r, n, 2, 2), random(r, n, 2, 2)
		if r.IntN(2) == 0 {
			b = a
		}
		w, ok := Difference(a, b)
		short, equal := same(a, b, 2*n-1)
		if ok == equal || ok && len(w) != len(short) {
			t.Errorf("%q, %v; by brute force %q, %v", w, ok, short, equal)
		}
		if ok {
			different++
		} else {
			alike++
		}
	}
	if alike < 50 || different < 50 {
		t.Errorf("%d alike, %d different", alike, different)
	}
}

// The suite finds each machine with as many states as it promises.
func TestSuiteIsComplete(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 40 {
		m := random(r, 1+r.IntN(3), 2, 2)
		for depth := range 2 {
			suite := m.Suite(depth, func(string) bool { return false })
			for range 200 {
				other := random(r, 1+r.IntN(len(m.Edges)+depth), 2, 2)
				if _, ok := Difference(m, other); !ok {
					continue
				}
				if !slices.ContainsFunc(suite, func(w Word) bool {
					x, _ := m.Run(w)
					y, _ := other.Run(w)
					return !slices.Equal(x, y)
				}) {
					t.Fatalf("depth %d: the suite of %+v does not find %+v", depth, m, other)
				}
				found++
			}
		}
	}
	if found < 5000 {
		t.Errorf("found %d", found)
	}
}

// A machine with a combination lock is found only at its depth.
func TestDepth(t *testing.T) {
	lock := &Machine{Inputs: []string{"a", "b"}}
	const n = 4
	for s := range n {
		to, out := s+1, "no"
		if s == n-1 {
			to, out = 0, "open"
		}
		lock.Edges = append(lock.Edges, map[string]Edge{"a": {out, to}, "b": {"no", 0}})
	}
	for depth, want := range map[int]int{0: 1, 1: 1, 2: 1, 3: n} {
		asked := 0
		got, err := (&Learner{Inputs: lock.Inputs, Ask: teacher(lock, &asked), Depth: depth}).Learn(context.Background())
		if err != nil || len(got.Machine.Edges) != want {
			t.Errorf("depth %d: %d states, wanted %d; %v", depth, len(got.Machine.Edges), want, err)
		}
	}
}

// Nothing is asked behind an end.
func TestEnds(t *testing.T) {
	m := &Machine{Inputs: []string{"x", "go"}, Edges: []map[string]Edge{
		{"x": {"end", 2}, "go": {"ok", 1}}, {"x": {"ok", 0}, "go": {"end", 2}}, {"x": {"end", 2}, "go": {"end", 2}}}}
	l := &Learner{Inputs: m.Inputs, Depth: 2, Ended: func(out string) bool { return out == "end" }}
	l.Ask = func(_ context.Context, words []Word) (answers []Word, err error) {
		for _, w := range words {
			out, _ := m.Run(w)
			i := slices.Index(out, "end")
			if i >= 0 && i < len(out)-1 {
				if len(w) > 2+len(m.Edges) {
					t.Errorf("asked %q", w)
				}
				out = out[:i+1]
			}
			answers = append(answers, out)
		}
		return answers, nil
	}
	got, err := l.Learn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := Difference(m, got.Machine); ok || len(got.Machine.Edges) != 3 {
		t.Errorf("%+v: %q", got.Machine, w)
	}
}

func TestConflict(t *testing.T) {
	n := 0
	l := &Learner{Inputs: []string{"a", "b"}, Depth: 2, Ask: func(_ context.Context, words []Word) (answers []Word, err error) {
		for _, w := range words {
			n++
			answers = append(answers, Word(strings.Split(strings.Repeat(fmt.Sprint(n%7, " "), len(w)), " ")[:len(w)]))
		}
		return answers, nil
	}}
	_, err := l.Learn(context.Background())
	if conflict, ok := errors.AsType[*ConflictError](err); !ok || conflict.Old == conflict.New || len(conflict.Word) == 0 {
		t.Errorf("%v", err)
	}
}

func TestBounds(t *testing.T) {
	m := random(rand.New(rand.NewPCG(7, 8)), 20, 3, 2)
	asked := 0
	got, err := (&Learner{Inputs: m.Inputs, Ask: teacher(m, &asked), MaxStates: 5, Depth: 1}).Learn(context.Background())
	if !errors.Is(err, ErrTooManyStates) || got.Whole {
		t.Errorf("%v", err)
	}
	broken := errors.New("broken")
	_, err = (&Learner{Inputs: m.Inputs, Ask: func(context.Context, []Word) ([]Word, error) { return nil, broken }}).Learn(context.Background())
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
