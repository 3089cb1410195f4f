package mealy

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Learner learns the machine behind Ask.
type Learner struct {
	Inputs []string // in the order in which they are tried
	// Ask returns the answers to words, an output for each input, from the initial
	// state on. It is asked for many at a time where they do not depend on each
	// other.
	Ask func(ctx context.Context, words []Word) ([]Word, error)
	// Ended reports whether an output says that nothing can follow it: each input
	// after it is answered by it again, and is not asked. It may be nil.
	Ended func(output string) bool
	// MaxStates bounds the machine; 0 is no bound.
	MaxStates int
	// Depth is how many states more than the learned machine has the suite is to
	// rule out.
	Depth int
	// Extra words are tested with each machine, before the suite.
	Extra []Word
	// Random tests a machine that the suite has not refuted: it returns words, and
	// none when that is enough. It may be nil.
	Random func(m *Machine) []Word
}

// Result is what was learned.
type Result struct {
	Machine *Machine
	Queries int  // words that were asked,
	Needed  int  // those of them before the last machine was tested
	Symbols int  // inputs in them
	Rounds  int  // machines that were believed, the last one included
	Tested  int  // words with which the last one was tested
	Whole   bool // nothing ended the learning before its time
}

// ErrTooManyStates is returned with what is known at MaxStates.
var ErrTooManyStates = errors.New("the machine has more states than it may")

// learning is L#: a tree of all that was observed, of which some nodes, the basis,
// are apart from each other, and the nodes one step behind, the frontier, are to
// be told which of these they are.
type learning struct {
	*Learner
	ctx   context.Context
	root  *node
	basis []*node
	res   Result
}

// Learn returns what is learned. With an error of the context, a *ConflictError or
// ErrTooManyStates the result is what is known so far: a machine that explains all
// answers if Machine is not nil.
func (l *Learner) Learn(ctx context.Context) (Result, error) {
	g := &learning{Learner: l, ctx: ctx, root: &node{}}
	g.basis = []*node{g.root}
	err := g.learn()
	g.res.Whole = err == nil
	return g.res, err
}

func (g *learning) learn() error {
	for {
		if err := g.settle(); err != nil {
			return err
		}
		m := g.machine()
		if bad := g.inconsistent(m); bad != nil {
			if err := g.refute(m, bad); err != nil {
				return err
			}
			continue
		}
		g.res.Machine = m
		g.res.Rounds++
		g.res.Needed = g.res.Queries
		bad, err := g.test(m)
		if err != nil || bad == nil {
			return err
		}
		if err := g.refute(m, bad); err != nil {
			return err
		}
	}
}

// settle completes the basis and tells each node of the frontier from all but one
// of the basis.
func (g *learning) settle() error {
	for {
		var words []Word
		for _, b := range g.basis {
			for _, in := range g.Inputs {
				if b.next[in] == nil {
					words = append(words, append(b.word(), in))
				}
			}
		}
		if len(words) == 0 {
			changed, ask := g.promote()
			if changed {
				if g.MaxStates > 0 && len(g.basis) > g.MaxStates {
					g.basis = g.basis[:g.MaxStates]
					return ErrTooManyStates
				}
				continue
			}
			if words = ask; len(words) == 0 {
				return nil
			}
		}
		if err := g.ask(words); err != nil {
			return err
		}
	}
}

// promote takes a node of the frontier that is apart from the whole basis into it.
// Where there is none, it returns the words that tell those that may be several
// from one of these.
func (g *learning) promote() (changed bool, ask []Word) {
	for _, f := range g.frontier() {
		g.close(f)
		like := g.candidates(f)
		switch {
		case len(like) == 0:
			g.basis = append(g.basis, f)
			return true, nil
		case len(like) > 1:
			w, ok := apart(like[0], like[1], g.Inputs)
			if !ok {
				panic("mealy: the basis is not apart")
			}
			ask = append(ask, append(f.word(), w...))
		}
	}
	return false, ask
}

// close enters what follows an end: it, for every input.
func (g *learning) close(n *node) {
	if !g.ended(n.out) {
		return
	}
	for _, in := range g.Inputs {
		if n.next[in] == nil {
			n.add(Word{in}, Word{n.out})
		}
	}
}

func (g *learning) frontier() (list []*node) {
	for _, b := range g.basis {
		for _, in := range g.Inputs {
			if n := b.next[in]; n != nil && !slices.Contains(g.basis, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// candidates are the nodes of the basis that f may be.
func (g *learning) candidates(f *node) (like []*node) {
	for _, b := range g.basis {
		if _, ok := apart(f, b, g.Inputs); !ok {
			like = append(like, b)
		}
	}
	return like
}

// ask enters the answers to words that are not known. What follows an end is.
func (g *learning) ask(words []Word) error {
	type want struct{ whole, asked Word }
	var wants []want
	var unknown []Word
	for _, w := range words {
		known := g.root.outputs(w)
		if len(known) == len(w) {
			continue
		}
		if n := len(known); n > 0 && g.ended(known[n-1]) {
			if err := g.enter(w, known); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(unknown, func(u Word) bool { return slices.Equal(u, w) }) {
			wants = append(wants, want{w, w})
			unknown = append(unknown, w)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	answers, err := g.Ask(g.ctx, unknown)
	if err != nil {
		return err
	}
	for i, w := range wants {
		g.res.Queries++
		g.res.Symbols += len(w.asked)
		if err := g.enter(w.whole, answers[i]); err != nil {
			return err
		}
	}
	return nil
}

func (g *learning) ended(output string) bool { return g.Ended != nil && g.Ended(output) }

// enter puts an answer into the tree; one that stops at an end goes on with it.
func (g *learning) enter(word, answer Word) error {
	answer = slices.Clone(answer)
	for len(answer) < len(word) {
		if len(answer) == 0 || !g.ended(answer[len(answer)-1]) {
			return fmt.Errorf("mealy: %d outputs for the %d inputs %q", len(answer), len(word), word)
		}
		answer = append(answer, answer[len(answer)-1])
	}
	return g.root.add(word, answer)
}

// machine is what the tree says: each node of the frontier is the one of the basis
// that it is not apart from.
func (g *learning) machine() *Machine {
	m := &Machine{Inputs: g.Inputs}
	for _, b := range g.basis {
		edges := map[string]Edge{}
		for _, in := range g.Inputs {
			n := b.next[in]
			to := slices.Index(g.basis, n)
			if to < 0 {
				to = slices.Index(g.basis, g.candidates(n)[0])
			}
			edges[in] = Edge{n.out, to}
		}
		m.Edges = append(m.Edges, edges)
	}
	return m
}

// inconsistent returns a word of the tree that the machine answers differently.
func (g *learning) inconsistent(m *Machine) Word {
	type visit struct {
		n *node
		s int
	}
	for queue := []visit{{g.root, 0}}; len(queue) > 0; queue = queue[1:] {
		v := queue[0]
		for _, in := range g.Inputs {
			n := v.n.next[in]
			if n == nil {
				continue
			}
			e := m.Edges[v.s][in]
			if e.Output != n.out {
				return n.word()
			}
			queue = append(queue, visit{n, e.To})
		}
	}
	return nil
}

// test looks for a word that the machine answers differently.
func (g *learning) test(m *Machine) (Word, error) {
	g.res.Tested = 0
	for _, words := range [][]Word{g.Extra, m.Suite(g.Depth, g.ended)} {
		if bad, err := g.refuted(m, words); bad != nil || err != nil {
			return bad, err
		}
	}
	for g.Random != nil {
		words := g.Random(m)
		if len(words) == 0 {
			break
		}
		if bad, err := g.refuted(m, words); bad != nil || err != nil {
			return bad, err
		}
	}
	return nil, nil
}

// portion is how many words are asked before they are looked at.
const portion = 64

func (g *learning) refuted(m *Machine, words []Word) (Word, error) {
	for part := range slices.Chunk(words, portion) {
		if err := g.ask(part); err != nil {
			return nil, err
		}
		g.res.Tested += len(part)
		for _, w := range part {
			want, _ := m.Run(w)
			got := g.root.outputs(w)
			for i := range got {
				if got[i] != want[i] {
					return w[:i+1], nil
				}
			}
		}
	}
	return nil, nil
}

// refute finds, by halving, the place of a word at which the machine goes wrong:
// after it a node of the frontier is apart from what it seemed to be. The word is
// one whose last output differs.
func (g *learning) refute(m *Machine, bad Word) error {
	word := bad[:len(bad)-1]
	for {
		n, in := g.root, 0 // how much of the word is within basis and frontier
		for in < len(word) && slices.Contains(g.basis, n) {
			n = n.next[word[in]]
			in++
		}
		if in == len(word) {
			return nil
		}
		_, q := m.Run(word)
		tail, ok := apart(g.root.follow(word), g.basis[q], g.Inputs)
		if !ok {
			return fmt.Errorf("mealy: %q refutes nothing", word)
		}
		half := (in + len(word)) / 2
		_, q = m.Run(word[:half])
		other := append(g.basis[q].word(), word[half:]...)
		if err := g.ask([]Word{append(slices.Clone(other), tail...)}); err != nil {
			return err
		}
		if _, ok := apart(g.root.follow(word[:half]), g.basis[q], g.Inputs); ok {
			word = word[:half]
		} else {
			word = other
		}
	}
}
