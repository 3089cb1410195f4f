package transport

import (
	"fmt"
	"os"
	"strings"
	"time"

	"accio/protocol"
)

// The tests of level 3 explore the loop itself with words: sequences of what a
// client, its network and the person at the server's keyboard can do. Each
// input is given when nothing moves any more. What has to come of a word is
// computed by expectation, which is written from docs/protocol.md and shares
// nothing with the loop nor with the table.

// input is one letter of a word.
type input struct {
	name  string
	bytes string        // that arrive
	pause time.Duration // that passes
	what  rune          // or else: e(nd), r(eset), s(hutdown), w(indow closed), o(pened again)
	lag   time.Duration // for which the system may keep bytes back from now on
}

// alphabet holds whole and split tokens, of which some fit in more than one
// place, wrong bytes, data, pauses and all else that can happen.
var alphabet = []input{
	{name: "c1", bytes: protocol.Confirm1},
	{name: "c1a", bytes: protocol.Confirm1[:9]}, // begins the second confirmation too
	{name: "c1b", bytes: protocol.Confirm1[9:]},
	{name: "c2", bytes: protocol.Confirm2},
	{name: "c2a", bytes: protocol.Confirm2[:21]},
	{name: "c2b", bytes: protocol.Confirm2[21:]},
	{name: "d", bytes: "\r\nz"}, // ends the second confirmation too, and goes on
	{name: "x", bytes: "X"},
	{name: "pause", pause: 9 * time.Second},
	{name: "silence", pause: 10 * time.Second},
	{name: "end", what: 'e'},
	{name: "reset", what: 'r'},
	{name: "stop", what: 's'},
	{name: "shut", what: 'w'},
	{name: "open", what: 'o'},
}

// word is a sequence of inputs. In an early word the first comes before the
// server begins to serve.
type word struct {
	inputs []input
	early  bool
}

func (w word) String() string {
	var names []string
	for _, in := range w.inputs {
		names = append(names, in.name)
	}
	text := strings.Join(names, " ")
	if w.early {
		return "(early) " + text
	}
	return text
}

func (w word) then(in input) word {
	return word{append(w.inputs[:len(w.inputs):len(w.inputs)], in), w.early}
}

// seen is what can be observed of a session: after each input, and at its end.
type seen struct {
	events  string // fired so far, each followed by a blank
	written int    // bytes the server has sent
	bytes   int64  // of the payload
	ended   bool
}

func (s seen) String() string {
	return fmt.Sprintf("[%s] %d bytes sent, %d counted, ended: %v", strings.TrimSpace(s.events), s.written, s.bytes, s.ended)
}

// expectation is the protocol as a person would play it by hand.
type expectation struct {
	seen
	step    int // 0 and 2: sending a command; 1 and 3: reading a confirmation; 4: counting
	at      int // bytes of the confirmation that have been read
	queue   string
	silent  time.Duration
	end     bool
	reset   bool
	stopped bool
	shut    bool
}

const idleLimit = 10 * time.Second

// possible reports whether the input can come now: nothing arrives after the
// end of the stream, and a window is not shut twice.
func (x *expectation) possible(in input) bool {
	switch {
	case x.ended || x.stopped:
		return false
	case in.bytes != "" || in.what == 'e' || in.what == 'r':
		return !x.end && !x.reset
	case in.what == 'w':
		return !x.shut
	case in.what == 'o':
		return x.shut
	}
	return true
}

func (x *expectation) give(in input) {
	x.queue += in.bytes
	x.silent += in.pause
	switch in.what {
	case 'e':
		x.end = true
	case 'r':
		x.reset = true
	case 's':
		x.stopped = true
	case 'w':
		x.shut = true
	case 'o':
		x.shut = false
	}
}

func (x *expectation) event(name string, last bool) {
	x.events += name + " "
	x.ended = last
	x.step++
	x.at = 0
}

// settle plays on until nothing moves any more.
func (x *expectation) settle() {
	for !x.ended {
		sending, confirmation := x.step%2 == 0 && x.step < 4, ""
		if x.step < 4 && !sending {
			confirmation = []string{"confirm-accio\r\n", "confirm-accio-again\r\n\r\n"}[x.step/2]
		}
		switch {
		case x.stopped:
			x.event("shutdown", true)
		case sending && x.reset:
			x.event("failed", true)
		case sending && !x.shut:
			x.written += len("accio\r\n")
			x.event("sent", false)
		case !sending && x.queue != "":
			x.silent = 0
			if x.step == 4 {
				x.bytes, x.queue = x.bytes+int64(len(x.queue)), ""
				continue
			}
			next := x.queue[0]
			x.queue = x.queue[1:]
			switch {
			case next != confirmation[x.at]:
				x.event("mismatched", true)
			default:
				if x.at++; x.at == len(confirmation) {
					x.event("confirmed", false)
				}
			}
		case !sending && x.end:
			x.event("closed", true)
		case !sending && x.reset:
			x.event("failed", true)
		case x.silent >= idleLimit:
			x.event("timedout", true)
		default:
			return
		}
	}
}

// expect returns what has to be seen after each input of the word, the state
// before the first included.
func expect(w word) (list []seen, last *expectation) {
	x := &expectation{}
	for i, in := range w.inputs {
		if !(i == 0 && w.early) {
			x.settle()
			list = append(list, x.seen)
		}
		x.give(in)
	}
	x.settle()
	return append(list, x.seen), x
}

// words calls f for every word up to the depth that does not go on after the
// session has ended. maximal says that the session has ended, or that the word
// has that many inputs.
func words(depth int, f func(w word, maximal bool)) {
	extend(word{}, depth, f)
	for _, in := range alphabet {
		if in.pause == 0 && in.what != 'o' {
			extend(word{[]input{in}, true}, depth, f)
		}
	}
}

// playable calls f for those that a real listener can play.
func playable(depth int, f func(w word, maximal bool)) {
	words(depth, func(w word, maximal bool) {
		if !(w.early && w.inputs[0].what == 's') {
			f(w, maximal)
		}
	})
}

// extend does so for those that begin with w.
func extend(w word, depth int, f func(w word, maximal bool)) { extendBy(alphabet, w, depth, f) }

func extendBy(letters []input, w word, depth int, f func(w word, maximal bool)) {
	_, x := expect(w)
	maximal := x.ended || len(w.inputs) == depth
	f(w, maximal)
	for _, in := range letters {
		if !maximal && x.possible(in) {
			extendBy(letters, w.then(in), depth, f)
		}
	}
}

// maximalWords is how many maximal words of at most so many inputs there are.
// It changes with the alphabet and with what is possible, and with nothing else.
var maximalWords = map[int]int{
	1: 14 + 12, // every input but open, and those of an early word
	3: 549,
	4: 3026,
	5: 21093,
	6: 172886,
	7: 1520690,
}

// unplayable is how many of them a real listener cannot play: it accepts nobody
// if it is told to stop before service begins.
const unplayable = 1

// long reports whether the longer runs are wanted, as CI wants them.
func long() bool { return os.Getenv("ACCIO_LONG") != "" }

// deep is the one depth in every run and the other in the longer ones.
func deep(short, longer int) int {
	if long() {
		return longer
	}
	return short
}
