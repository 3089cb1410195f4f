package explore

import (
	"fmt"
	"strings"
)

// Seen is what there is to see of a session when nothing moves any more.
type Seen struct {
	Notes  string // what the server has noted ([Session.Note]), each with a blank behind it
	Said   string // what it has written
	Count  int64  // what it has counted, if it says so
	Closed bool   // it has ended its side, and goes on; false once it has ended
	Ended  bool   // it has returned
}

// String is what a person would say of it.
func (s Seen) String() string {
	text := fmt.Sprintf("%q said", s.Said)
	if s.Notes != "" {
		text = "[" + strings.TrimSpace(s.Notes) + "] " + text
	}
	if s.Count != 0 {
		text += fmt.Sprintf(", %d counted", s.Count)
	}
	if s.Closed {
		text += ", its side closed"
	}
	if s.Ended {
		text += ", ended"
	}
	return text
}

// Expectation says what has to be seen of a word.
type Expectation interface {
	// Expect returns what is to be seen after each input of the word, and before
	// the first of one that is not early, up to where the session ends.
	Expect(w Word) []Seen
	// Key returns what all that can follow depends on, something comparable; nil
	// if that is not known.
	Key(w Word) any
}

// ended reports whether a session has ended with what was seen.
func ended(list []Seen) bool { return list[len(list)-1].Ended }

// ByHand is an [Expectation] that plays words by hand: begin returns a Machine for
// each.
type ByHand func() Machine

// Machine is the server as a person would play it.
type Machine interface {
	// Give is told of an input.
	Give(in Input)
	// Settle plays on until nothing moves any more, and returns what is to be seen
	// then. After the end it is called no more.
	Settle() Seen
	// Key is that of [Expectation], of the moment after Settle.
	Key() any
}

// Expect plays the word.
func (begin ByHand) Expect(w Word) []Seen {
	list, _ := begin.play(w)
	return list
}

// Key plays the word and asks the machine.
func (begin ByHand) Key(w Word) any {
	_, m := begin.play(w)
	return m.Key()
}

func (begin ByHand) play(w Word) (list []Seen, m Machine) {
	m = begin()
	for i, in := range w.Inputs {
		if !(i == 0 && w.Early) {
			if list = append(list, m.Settle()); ended(list) {
				return list, m
			}
		}
		m.Give(in)
	}
	return append(list, m.Settle()), m
}

// Like expects of a server what another one does. A word must then be played in a
// bubble, as it always is.
func Like(other Subject) Expectation { return like{other} }

type like struct{ Subject }

func (l like) Expect(w Word) []Seen { return Run(l.Subject, w, nil).Seen }
func (l like) Key(w Word) any       { return Run(l.Subject, w, nil).Key }

// Quiet expects the same of a server that notes and counts nothing.
func Quiet(of Expectation) Expectation { return quiet{of} }

type quiet struct{ Expectation }

func (q quiet) Expect(w Word) []Seen {
	list := q.Expectation.Expect(w)
	for i := range list {
		list[i].Notes, list[i].Count = "", 0
	}
	return list
}
