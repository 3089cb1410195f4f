package transport

import (
	"os"
	"time"

	"accio/explore"
	"accio/protocol"
)

// The tests of level 3 explore the loop itself with words: sequences of what a
// client, its network and the person at the server's keyboard can do. Each
// input is given when nothing moves any more. What has to come of a word is
// computed by expectation, which is written from docs/protocol.md and shares
// nothing with the loop nor with the table.

// alphabet holds whole and split tokens, of which some fit in more than one
// place, wrong bytes, data, pauses and all else that can happen.
var alphabet = explore.Alphabet{
	{Name: "c1", Bytes: protocol.Confirm1},
	{Name: "c1a", Bytes: protocol.Confirm1[:9]}, // begins the second confirmation too
	{Name: "c1b", Bytes: protocol.Confirm1[9:]},
	{Name: "c2", Bytes: protocol.Confirm2},
	{Name: "c2a", Bytes: protocol.Confirm2[:21]},
	{Name: "c2b", Bytes: protocol.Confirm2[21:]},
	{Name: "d", Bytes: "\r\nz"}, // ends the second confirmation too, and goes on
	{Name: "x", Bytes: "X"},
	{Name: "pause", Pause: 9 * time.Second},
	{Name: "silence", Pause: 10 * time.Second},
	{Name: "end", What: explore.End},
	{Name: "reset", What: explore.Reset},
	{Name: "stop", What: explore.Stop},
	{Name: "abort", What: explore.Abort},
	{Name: "shut", What: explore.Shut},
	{Name: "open", What: explore.Open},
}

// expectation is the protocol as a person would play it by hand.
type expectation struct {
	explore.Seen
	step    int // 0 and 2: sending a command; 1 and 3: reading a confirmation; 4: counting
	at      int // bytes of the confirmation that have been read
	queue   string
	silent  time.Duration
	end     bool
	reset   bool
	stopped bool
	aborted bool
	shut    bool

	limits        Limits
	total, window time.Duration // since service began: now, and the beginning of the window
	had           int64         // before the window
}

// expected is what has to be seen of a word.
var expected = explore.ByHand(func() explore.Machine { return &expectation{} })

const idleLimit = 10 * time.Second

func (x *expectation) Give(in explore.Input) {
	x.queue += in.Bytes
	x.silent += in.Pause
	x.total += in.Pause
	switch in.What {
	case explore.End:
		x.end = true
	case explore.Reset:
		x.reset = true
	case explore.Stop:
		x.stopped = true
	case explore.Abort:
		x.aborted = true
	case explore.Shut:
		x.shut = true
	case explore.Open:
		x.shut = false
	}
}

func (x *expectation) event(name string, last bool) {
	x.Notes += name + " "
	x.Ended = last
	x.step++
	x.at = 0
	x.window = x.total
}

// limited reports whether a limit of time has passed before the idle limit, and is exceeded.
func (x *expectation) limited() bool {
	idle, l := x.total-x.silent+idleLimit, x.limits
	until := min(x.total, idle)
	if l.Duration > 0 && l.Duration <= until || l.Header > 0 && x.step < 4 && l.Header <= until {
		return true
	}
	for l.Rate > 0 && x.step == 4 && x.window+l.RateWindow <= until {
		if x.Count-x.had < l.Rate*int64(l.RateWindow/time.Second) {
			return true
		}
		x.window, x.had = x.window+l.RateWindow, x.Count
	}
	return false
}

// Settle plays on until nothing moves any more.
func (x *expectation) Settle() explore.Seen {
	for !x.Ended {
		sending, confirmation := x.step%2 == 0 && x.step < 4, ""
		if x.step < 4 && !sending {
			confirmation = []string{"confirm-accio\r\n", "confirm-accio-again\r\n\r\n"}[x.step/2]
		}
		switch {
		case x.stopped:
			x.event("shutdown", true)
		case x.aborted:
			x.event("aborted", true)
		case x.limits.Bytes > 0 && x.Count > x.limits.Bytes:
			x.event("aborted", true)
		case sending && x.reset:
			x.event("failed", true)
		case sending && !x.shut:
			x.Said += "accio\r\n"
			x.event("sent", false)
		case !sending && x.queue != "":
			x.silent = 0
			if x.step == 4 {
				x.Count, x.queue = x.Count+int64(len(x.queue)), ""
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
		case x.limited():
			x.event("aborted", true)
		case x.silent >= idleLimit:
			x.event("timedout", true)
		default:
			return x.Seen
		}
	}
	return x.Seen
}

// words calls f for every word up to the depth ([explore.Alphabet.Words]).
func words(depth int, f func(w explore.Word, maximal bool)) { alphabet.Words(expected, depth, f) }

// playable calls f for those that a real listener can play.
func playable(depth int, f func(w explore.Word, maximal bool)) {
	words(depth, func(w explore.Word, maximal bool) {
		if !(w.Early && w.Inputs[0].What == explore.Stop) {
			f(w, maximal)
		}
	})
}

// maximalWords is how many maximal words of at most so many inputs there are.
// It changes with the alphabet and with what is possible, and with nothing else.
var maximalWords = map[int]int{
	1: 15 + 12, // every input but open, and those of an early word
	3: 591,
	4: 3267,
	5: 22803,
	6: 186977,
	7: 1644599,
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
