package mealy

import (
	"fmt"
	"slices"
)

// ConflictError says that the same inputs had different answers.
type ConflictError struct {
	Word     Word // up to the input whose output differs
	Old, New string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the last output of %q was %q, and is %q", e.Word, e.Old, e.New)
}

// node is what is known after a word.
type node struct {
	parent *node
	in     string
	out    string
	next   map[string]*node
}

// word returns the inputs that lead to the node.
func (n *node) word() Word {
	var w Word
	for ; n.parent != nil; n = n.parent {
		w = append(w, n.in)
	}
	slices.Reverse(w)
	return w
}

// follow returns where a word leads, or nil if that is not known.
func (n *node) follow(word Word) *node {
	for _, in := range word {
		if n = n.next[in]; n == nil {
			return nil
		}
	}
	return n
}

// outputs returns what is known of the outputs of a word.
func (n *node) outputs(word Word) (out Word) {
	for _, in := range word {
		if n = n.next[in]; n == nil {
			return out
		}
		out = append(out, n.out)
	}
	return out
}

// add enters the answer to a word.
func (n *node) add(word, answer Word) error {
	for i, in := range word {
		next := n.next[in]
		if next == nil {
			next = &node{parent: n, in: in, out: answer[i]}
			if n.next == nil {
				n.next = map[string]*node{}
			}
			n.next[in] = next
		}
		if next.out != answer[i] {
			return &ConflictError{slices.Clone(word[:i+1]), next.out, answer[i]}
		}
		n = next
	}
	return nil
}

// apart returns a word to which two nodes are known to answer differently.
func apart(a, b *node, inputs []string) (word Word, ok bool) {
	type pair struct {
		a, b *node
		word Word
	}
	for queue := []pair{{a, b, nil}}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		for _, in := range inputs {
			x, y := p.a.next[in], p.b.next[in]
			if x == nil || y == nil {
				continue
			}
			next := append(slices.Clone(p.word), in)
			if x.out != y.out {
				return next, true
			}
			queue = append(queue, pair{x, y, next})
		}
	}
	return nil, false
}
