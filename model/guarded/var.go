package guarded

import (
	"fmt"
	"math"
	"math/bits"
)

// State holds the value of each variable in as many bits as its greatest takes.
type State [4]uint64

const wordBits = 64

// Var is a variable of 0 to 255, or to less.
type Var struct {
	Name  string
	First uint8    // its value in the initial state
	Names []string // of its values, for people; may be shorter than its range
	Pulse bool     // it is zero after a step that does not set it

	most  uint8 // its greatest value
	mask  uint64
	word  int // of the state
	shift int // within the word
}

// Var declares a variable. It panics if the state has no room for it: there are
// 256 bits for all of them.
func (p *Program) Var(name string, first uint8, names ...string) *Var {
	return p.VarTo(name, first, math.MaxUint8, names...)
}

// VarTo is Var for one that is never more than most, and takes fewer bits. To
// give it more panics.
func (p *Program) VarTo(name string, first, most uint8, names ...string) *Var {
	size := bits.Len8(most)
	v := &Var{Name: name, First: first, Names: names, most: most, mask: 1<<size - 1}
	if n := len(p.Vars); n > 0 {
		last := p.Vars[n-1]
		v.word, v.shift = last.word, last.shift+bits.Len8(last.most)
	}
	if v.shift+size > wordBits {
		v.word, v.shift = v.word+1, 0
	}
	if v.word == len(State{}) {
		panic(fmt.Sprintf("guarded: %s: no room for %s in %d bits", p.Name, name, wordBits*len(State{})))
	}
	p.Vars = append(p.Vars, v)
	return v
}

// Flag declares a variable that is 1 only after a step that set it.
func (p *Program) Flag(name string) *Var {
	v := p.VarTo(name, 0, 1)
	v.Pulse = true
	return v
}

func (v *Var) get(s *State) uint8 { return uint8(s[v.word] >> v.shift & v.mask) }

// Value returns the value that v has in s.
func (v *Var) Value(s State) uint8 { return v.get(&s) }

// Put gives v the value n in s. It panics if that is more than it takes.
func (v *Var) Put(s *State, n uint8) {
	if n > v.most {
		panic(fmt.Sprintf("guarded: %s: %d is more than %d", v.Name, n, v.most))
	}
	s[v.word] = s[v.word]&^(v.mask<<v.shift) | uint64(n)<<v.shift
}

// Show returns the value that v has in s, by name if v has names; a value that
// then has none is "".
func (v *Var) Show(s State) string {
	n := int(v.get(&s))
	switch {
	case len(v.Names) == 0:
		return fmt.Sprint(n)
	case n < len(v.Names):
		return v.Names[n]
	}
	return ""
}
