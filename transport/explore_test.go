package transport

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// hook is called at the yield points of a session: before and after each of
// its calls of the connection, and after each change of state.
type hook func(x *explored, stop context.CancelFunc)

// explored is a session that was run on a word.
type explored struct {
	seen   []seen // after each input
	lag    time.Duration
	result Result
	path   []fsm.Transition
	yields int
	before int // yield points that were passed before the last input
	within int // and before the end of the word
	last   key // at the end of the word
	conn   ground
	err    any // what it panicked with
}

// maxEvents bounds what a session may fire: a broken table can go in circles.
const maxEvents = 50

// endless is what a session that fires more panics with.
type endless struct{}

func (endless) String() string { return "more events than any session has" }

// explore runs the real loop on a word. It must be called in a bubble. The
// session is stopped at the end of the word if it has not ended.
func explore(on string, table *fsm.Table, w word, at hook) *explored {
	x := &explored{conn: grounds[on]()}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	yield := func() {
		x.yields++
		if at != nil {
			at(x, stop)
		}
	}
	changed := func(from fsm.State, e fsm.Event, to fsm.State) {
		x.path = append(x.path, fsm.Transition{From: from, Event: e, To: to})
		if len(x.path) > maxEvents {
			panic(endless{})
		}
		yield()
	}
	ended := make(chan struct{})
	run := func() {
		defer close(ended)
		defer func() { x.err = recover() }()
		x.result = x.conn.serve(ctx, table, yield, changed)
	}
	started := false
	for i, in := range w.inputs {
		if !started && !(i == 0 && w.early) {
			go run()
			started = true
		}
		if started && x.look(ended) {
			break
		}
		x.before = x.within
		x.lag = max(x.lag, in.lag)
		in.do(x.conn, stop)
	}
	if !started {
		go run()
	}
	if len(x.seen) == 0 || !x.seen[len(x.seen)-1].ended {
		x.look(ended)
	}
	stop()
	x.conn.stall(-1)
	<-ended
	if err := x.conn.close(); err != nil && x.err == nil {
		x.err = err
	}
	return x
}

// look waits until nothing moves and notes what is to be seen.
func (x *explored) look(ended chan struct{}) bool {
	time.Sleep(x.lag)
	synctest.Wait()
	now := seen{written: x.conn.wrote()}
	for _, tr := range x.path {
		now.events += string(tr.Event) + " "
	}
	select {
	case <-ended:
		now.ended = true
	default:
	}
	x.conn.still(func() { // so that this comes before whatever the session does next
		if s := x.conn.session(); s != nil {
			now.bytes = s.payload.Load()
			x.last = s.key(x.conn.holds())
		}
		x.within = x.yields
	})
	x.seen = append(x.seen, now)
	return now.ended
}

func (in input) do(c client, stop context.CancelFunc) {
	switch in.what {
	case 'e':
		c.end()
	case 'r':
		c.reset()
	case 's':
		stop()
	case 'w':
		c.stall(0)
	case 'o':
		c.stall(-1)
	default:
		if in.bytes != "" {
			c.arrive(in.bytes)
		}
		time.Sleep(in.pause)
	}
}

// aspect is what of a session is not as expected.
type aspect string

const (
	panicked   aspect = "panic"
	goesOn     aspect = "endless"
	seenWrong  aspect = "events"
	endedWrong aspect = "result"
)

// difference is where a session leaves the expectation first.
type difference struct {
	aspect
	word // up to there
	what string
}

func (d *difference) String() string { return fmt.Sprintf("%s: %s", d.word, d.what) }

// differs says in what the session differs from what is expected, or nil.
func (x *explored) differs(w word) *difference {
	want, last := expect(w)
	differs := func(a aspect, w word, format string, args ...any) *difference {
		return &difference{a, w, fmt.Sprintf(format, args...)}
	}
	if _, ok := x.err.(endless); ok {
		return differs(goesOn, w, "%v", x.err)
	}
	if x.err != nil {
		return differs(panicked, w, "%v", x.err)
	}
	first := 0 // inputs before the first look
	if w.early {
		first = 1
	}
	for i := range min(len(want), len(x.seen)) {
		if x.seen[i] != want[i] {
			given := word{w.inputs[:i+first], w.early}
			return differs(seenWrong, given, "%v, want %v", x.seen[i], want[i])
		}
	}
	if len(want) != len(x.seen) {
		return differs(seenWrong, w, "ended after %d inputs, want %d", len(x.seen)-1+first, len(want)-1+first)
	}
	if !last.ended {
		return nil
	}
	state := protocol.Error
	if strings.HasSuffix(last.events, "confirmed closed ") {
		state = protocol.Done
	}
	if x.result.State != state || x.result.Bytes != last.bytes {
		return differs(endedWrong, w, "result %s with %d bytes, want %s with %d", x.result.State, x.result.Bytes, state, last.bytes)
	}
	return nil
}

// A session that is not quite as expected is told from one that is.
func TestDifferencesAreTold(t *testing.T) {
	w := word{}.then(input{bytes: protocol.Confirm1}).then(input{bytes: protocol.Confirm2 + "z"}).then(input{what: 'e'})
	last := func(x *explored) *seen { return &x.seen[len(x.seen)-1] }
	for i, test := range []struct {
		want  aspect
		spoil func(*explored)
	}{
		{"", func(*explored) {}},
		{seenWrong, func(x *explored) { last(x).events = "sent " }},
		{seenWrong, func(x *explored) { last(x).written++ }},
		{seenWrong, func(x *explored) { last(x).bytes++ }},
		{seenWrong, func(x *explored) { last(x).ended = false }},
		{seenWrong, func(x *explored) { x.seen[1].written-- }},
		{seenWrong, func(x *explored) { x.seen = x.seen[:3] }},
		{endedWrong, func(x *explored) { x.result.State = protocol.Error }},
		{endedWrong, func(x *explored) { x.result.Bytes++ }},
		{panicked, func(x *explored) { x.err = "panic" }},
		{goesOn, func(x *explored) { x.err = endless{} }},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := explore("scripted", &protocol.Server, w, nil)
			test.spoil(x)
			if d := x.differs(w); (d == nil) != (test.want == "") || d != nil && d.aspect != test.want {
				t.Errorf("%d: %v, want %q", i, d, test.want)
			}
		})
	}
}

// inShares runs f once for each processor, side by side. Each of them counts
// the same things with mine, which tells it those that are its own: each of the
// things belongs to one of them.
func inShares(t *testing.T, things int, f func(mine func() bool)) {
	taken := make([]atomic.Int32, things)
	t.Run("share", func(t *testing.T) {
		shares := runtime.GOMAXPROCS(0)
		for share := range shares {
			t.Run(strconv.Itoa(share), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					i := 0
					f(func() bool {
						i++
						mine := i%shares == share
						if mine && i <= things {
							taken[i-1].Add(1)
						}
						return mine
					})
					require.Ran(t, "things to share", i, things)
				})
			})
		}
	})
	for i := range taken {
		if n := taken[i].Load(); n != 1 {
			t.Fatalf("%d shares took thing %d of %d", n, i+1, things)
		}
	}
}

// §1.8, §1.9: every cut of the header into two pieces, the second glued to the
// payload, before service begins and later, and every limit on what one call
// moves.
func TestEveryCutOfTheHeader(t *testing.T) {
	const payload = "\r\npayload"
	eachGround(t, func(t *testing.T, on string) {
		var failures shortest
		play := func(rank []int, at hook, early bool, pieces ...string) {
			w := word{early: early}
			for _, piece := range pieces {
				w = w.then(input{name: fmt.Sprintf("%q", piece), bytes: piece})
			}
			failures.ran()
			w = w.then(input{name: "end", what: 'e'})
			if d := explore(on, &protocol.Server, w, at).differs(w); d != nil {
				failures.failf(rank, "%s", d)
			}
		}
		synctest.Test(t, func(t *testing.T) {
			for cut := 1; cut < len(header); cut++ {
				play([]int{0, cut, 0}, nil, false, header[:cut], header[cut:]+payload)
				play([]int{0, cut, 1}, nil, true, header[:cut], header[cut:]+payload)
			}
			for limit := 1; limit <= len(header)+1; limit++ {
				play([]int{1, limit}, func(x *explored, _ context.CancelFunc) { x.conn.limitTo(limit) }, true, header+payload)
			}
		})
		failures.report(t, 2*37+39)
	})
}

// Every word, to depth 5, and to depth 7 in the longer run; one less on the
// fast path.
func TestEveryWord(t *testing.T) {
	t.Parallel()
	eachGround(t, func(t *testing.T, on string) {
		var failures shortest
		depth, words := deep(5, 7), words
		count := maximalWords[depth]
		if on != "scripted" {
			depth, words = deep(4, 6), playable
			count = maximalWords[depth] - unplayable
		}
		inShares(t, count, func(mine func() bool) {
			words(depth, func(w word, maximal bool) {
				if !maximal || !mine() {
					return
				}
				failures.ran()
				if d := explore(on, &protocol.Server, w, nil).differs(w); d != nil {
					failures.failf(d.rank(), "%s", d)
				}
			})
		})
		failures.report(t, count)
	})
}
