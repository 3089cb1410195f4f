package explore

import (
	"fmt"
	"strings"
	"time"

	"accio/fsm"
)

// Own performs an action of a table's own by hand, on what has arrived and was not
// read. It says how much of that it takes, what it answers, how many bytes it counts
// and in which event it ends, or takes nothing and ends in none, to wait for more.
type Own func(queue string) (taken int, answer string, count int, event fsm.Event)

// Table expects of a server what its table says: Write, Expect and Count as package
// transport performs them for a server, in the order of precedence of
// docs/protocol.md §2.4, and the actions of the table's own as given. Silence of
// the idle limit is measured from the last byte read. Its notes are the events. For
// a table with an action that is none of these it panics.
func Table(t *fsm.Table, idle time.Duration, own map[fsm.Action]Own) Expectation {
	return ByHand(func() Machine { return &byTable{t: t, idle: idle, own: own, state: t.Initial} })
}

// byTable is a table played by hand.
type byTable struct {
	Seen
	t    *fsm.Table
	idle time.Duration
	own  map[fsm.Action]Own

	state   fsm.State
	at      int       // bytes of the text that have come
	answer  string    // of an action of the table's own, not written yet
	then    fsm.Event // after it
	queue   string
	silent  time.Duration
	stopped bool
	aborted bool
	has     Holding // but for the queue
}

func (x *byTable) Give(in Input) {
	x.queue += in.Bytes
	x.silent += in.Pause
	switch in.What {
	case End:
		x.has.End = true
	case Reset:
		x.has.Reset = true
	case Stop:
		x.stopped = true
	case Abort:
		x.aborted = true
	case Shut, Open:
		x.has.Shut = in.What == Shut
	}
}

// tableKey is what all that follows depends on.
type tableKey struct {
	state  fsm.State
	at     int
	answer string
	silent time.Duration
	has    Holding
}

func (x *byTable) Key() any {
	if x.Ended {
		return tableKey{state: x.state}
	}
	has := x.has
	has.Queue = x.queue
	return tableKey{x.state, x.at, x.answer, x.silent, has}
}

func (x *byTable) Settle() Seen {
	for fired := 0; !x.Ended; {
		event, moved := x.step()
		if event != "" {
			if fired++; fired > maxNotes {
				panic(fmt.Sprintf("explore: the table never rests in %s", x.state))
			}
			x.fire(event)
		}
		if !moved && event == "" {
			break
		}
	}
	return x.Seen
}

func (x *byTable) fire(e fsm.Event) {
	x.Notes += string(e) + " "
	to, ok := x.t.Next(x.state, e)
	if !ok {
		panic(fmt.Sprintf("explore: the table has no %s in %s", e, x.state))
	}
	x.state, x.at = to, 0
	x.Ended = x.t.IsTerminal(to)
}

// step does one thing: it says in which event the activity ends, if in any, and
// whether anything has moved.
func (x *byTable) step() (e fsm.Event, moved bool) {
	a := x.t.Activity(x.state)
	if x.stopped {
		return fsm.Shutdown, false
	}
	if x.aborted {
		return fsm.Aborted, false
	}
	if a.Action == fsm.Write || x.then != "" {
		return x.write(a)
	}
	if x.queue != "" {
		if taken, event := x.read(a); taken > 0 || event != "" || x.then != "" {
			x.queue, x.silent = x.queue[taken:], 0
			return event, true
		}
	}
	switch {
	case x.has.End && a.Action == fsm.Count:
		return a.Ends, true
	case x.has.End:
		return fsm.Closed, true
	case x.has.Reset:
		return fsm.Failed, true
	case x.silent >= x.idle:
		return fsm.TimedOut, true
	}
	return "", false
}

// write writes the text of the activity, or what one of the table's own answers.
func (x *byTable) write(a fsm.Activity) (e fsm.Event, moved bool) {
	text, then := a.Text, a.Ends
	if x.then != "" {
		text, then = x.answer, x.then
	}
	switch {
	case x.has.Reset:
		then = fsm.Failed
	case x.has.Shut && x.silent >= x.idle:
		then = fsm.TimedOut
	case x.has.Shut:
		return "", false
	default:
		x.Said += text
	}
	x.answer, x.then = "", ""
	return then, true
}

// read takes some of the queue.
func (x *byTable) read(a fsm.Activity) (taken int, e fsm.Event) {
	switch a.Action {
	case fsm.Expect:
		left := a.Text[x.at:]
		n := min(len(left), len(x.queue))
		if !strings.HasPrefix(left, x.queue[:n]) {
			return n, fsm.Mismatched
		}
		if x.at += n; x.at == len(a.Text) {
			return n, a.Ends
		}
		return n, ""
	case fsm.Count:
		x.Count += int64(len(x.queue))
		return len(x.queue), ""
	}
	do := x.own[a.Action]
	if do == nil {
		panic(fmt.Sprintf("explore: nobody says what %s is by hand", a.Action))
	}
	taken, answer, count, event := do(x.queue)
	x.Count += int64(count)
	if answer != "" {
		x.answer, x.then = answer, event
		return taken, ""
	}
	return taken, event
}
