package transport

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/model"
	"accio/protocol"
)

// letter is one thing that can happen to a connection. What of it is possible
// when is said here, from what a client and its network are, and not asked of
// level 1.
type letter struct {
	rule     string // what level 1 calls it
	piece    string // that arrives
	do       func(c explore.Client, o *operator)
	possible func(o outside) bool
}

// pieces are what the confirmations are cut into at level 1, so that the first
// belongs to both, and a byte that is wrong in either.
var pieces = []string{"confirm-accio", "\r\n", "-again\r\n\r\n", "x"}

// letters are all that a client, its network and the operator can do that
// level 1 tells apart.
var letters = func() []letter {
	open := func(o outside) bool { return !o.end && !o.reset }
	reset := func(c explore.Client, _ *operator) { c.Reset() }
	all := []letter{
		{"client ends its side", "", func(c explore.Client, _ *operator) { c.End() }, open},
		{"client resets", "", reset, open},
		{"client resets after its end", "", reset, func(o outside) bool { return o.end && !o.reset }},
		{"shutdown comes", "", func(_ explore.Client, o *operator) { o.stop() }, func(o outside) bool { return !o.stopped }},
		{"a limit of time passes", "", func(_ explore.Client, o *operator) { o.each(overdue) }, func(o outside) bool { return !o.stopped && o.limit == 0 }},
		{"more has come since the limit than a socket holds", "", func(_ explore.Client, o *operator) { o.each(spent) }, func(o outside) bool { return !o.stopped && o.limit == 1 }},
		{"the operator, or a limit of bytes, ends it", "", func(_ explore.Client, o *operator) { o.each(killed) }, func(o outside) bool { return !o.stopped && o.limit < 2 }},
	}
	for _, piece := range pieces {
		all = append(all, letter{"client sends " + strconv.Quote(piece), piece,
			func(c explore.Client, _ *operator) { c.Arrive(piece) },
			func(o outside) bool { return open(o) && o.unread < model.DefaultAhead }})
	}
	return all
}()

// outside is what those outside know of a connection that has not ended.
type outside struct {
	unread              int // pieces
	end, reset, stopped bool
	limit               int // 1: one of time has passed; 2: nothing more counts
}

// operator is who the server belongs to.
type operator struct {
	stop   context.CancelFunc
	server *Server
	early  []func(s *Server, now *serving) // what comes before the service
}

// each does something to the connection in service, once it is.
func (o *operator) each(do func(s *Server, now *serving)) {
	if now := only(o.server); now != nil {
		do(o.server, now)
	} else {
		o.early = append(o.early, do)
	}
}

func (o *operator) accepted(Result) {
	for _, do := range o.early {
		do(o.server, only(o.server))
	}
}

// overdue makes a limit of time pass, and spent makes nothing count after it.
func overdue(s *Server, now *serving) {
	now.limit = limiter{Limits: &Limits{Duration: 1}, duration: elapsed, due: elapsed}
	wakeLater(s)
}

// wakeLater is what Abort does in the end, but not while the connection is held.
func wakeLater(s *Server) {
	s.aborts.Store(true)
	go s.drain.wakeUp()
}

func spent(_ *Server, now *serving) { now.limit.late = true }

func killed(s *Server, now *serving) {
	now.abort.Store(&ErrKilled)
	wakeLater(s)
}

// after is what they know when the letter has come.
func (o outside) after(l letter) outside {
	switch {
	case l.piece != "":
		o.unread++
	case strings.HasPrefix(l.rule, "client resets"):
		o.reset = true
	case l.rule == "client ends its side":
		o.end = true
	case strings.Contains(l.rule, "limit"):
		if o.limit = 2; strings.HasPrefix(l.rule, "a limit") {
			o.limit = 1
		}
	default:
		o.stopped = true
	}
	return o
}

// outside is what they know at a rest; there is only one way to cut what is
// unread into pieces.
func (r rest) outside() outside {
	o := outside{end: r.end, reset: r.reset}
	for left := r.queue; left != ""; o.unread++ {
		i := slices.IndexFunc(pieces, func(piece string) bool { return strings.HasPrefix(left, piece) })
		left = left[len(pieces[i]):]
	}
	return o
}

// stimulus is what happens to a connection at rest, all at once.
type stimulus struct {
	letters []letter
	// How the rest of the world is from now on, where level 1 leaves it open.
	silence, deaf, shut, open bool
}

func (s stimulus) String() string {
	var names []string
	for _, l := range s.letters {
		names = append(names, l.rule)
	}
	for name, is := range map[string]bool{"silence": s.silence, "writes fail": s.deaf, "window shut": s.shut, "window open": s.open} {
		if is {
			names = append(names, name)
		}
	}
	return "[" + strings.Join(names, " + ") + "]"
}

// stimuli are all of them: nothing, each letter, every two at once, and each
// change of the world.
func stimuli() []stimulus {
	all := []stimulus{{}, {silence: true}, {deaf: true}, {shut: true}, {open: true}}
	for _, a := range letters {
		all = append(all, stimulus{letters: []letter{a}})
		for _, b := range letters {
			all = append(all, stimulus{letters: []letter{a, b}})
		}
	}
	return all
}

// do gives the stimulus to the connection.
func (s stimulus) do(to player, o *operator) {
	to.AtOnce(func(c explore.Client) { // or else the session could run in between
		for _, l := range s.letters {
			l.do(c, o)
		}
		switch {
		case s.deaf:
			c.Deafen()
		case s.shut:
			c.Stall(0)
		case s.open:
			c.Stall(-1)
		}
	})
	if s.silence {
		time.Sleep(idleLimit)
	}
}

// rest is where a session is when nothing moves any more, and how it came
// there: all that the claims of level 1 speak of.
type rest struct {
	events string // fired so far
	from   fsm.State
	state  fsm.State
	at     int    // bytes read of the confirmation
	queue  string // bytes not read
	end    bool   // of the stream, not read
	reset  bool
	wrote  int  // whole commands
	read   int  // whole confirmations
	eof    bool // the end of the stream was read
	lines  int  // results
}

// coded plays the stimuli on a server, the first at the moment in which it
// accepts the connection. It must be called in a bubble.
func coded(run []stimulus) rest {
	c := explore.NewConn()
	ln := newTurns(c)
	return playedOn(c, ln, 1, func(f func()) { ln.accept = f }, run)
}

// codedTogether plays them on a server of some connections at a time, of which there is one.
func codedTogether(run []stimulus) rest {
	c := explore.NewConn()
	ln := newTurns(c)
	return playedOn(c, ln, 2, func(f func()) { ln.accept = f }, run)
}

// player is a connection that stimuli are played on.
type player interface {
	explore.Client
	AtOnce(f func(c explore.Client))
	Holds() explore.Holding
	Said() string
	Taken() []byte
}

// playedOn plays them with a client and a listener that calls f, which it was
// given, just before it returns the client's connection.
func playedOn(c player, ln Listener, concurrency int, accepting func(f func()), run []stimulus) rest {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var r rest
	o := &operator{stop: stop}
	s := &Server{
		Table:       &protocol.Server,
		Concurrency: concurrency,
		Accepted:    o.accepted,
		Result: func(result Result) error {
			r.lines++
			r.state = result.State
			return nil
		},
		Observe: func(tr Transition) {
			r.from, r.state = tr.From, tr.To
			r.events += string(tr.Event) + " "
			r.eof = r.eof || tr.Event == fsm.Closed
			if tr.Event != fsm.Shutdown && tr.Event != fsm.Aborted { // what is taken in the same moment is not looked at
				r.read = wholeConfirmations(c.Taken())
			}
		},
	}
	o.server = s
	accepting(func() { run[0].do(c, o) })
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	synctest.Wait()
	for _, what := range run[1:] {
		what.do(c, o)
		synctest.Wait()
	}
	at := r // what follows only ends it
	at.wrote = wholeCommands(c.Said())
	if now := only(s); now != nil {
		k := now.session.key(c.Holds())
		at.state, at.at, at.queue, at.end, at.reset = k.state, k.at, k.queue, k.end, k.reset
		at.read = wholeConfirmations(c.Taken())
	}
	stop()
	c.Stall(-1)
	if err := <-served; err != nil {
		at.events += err.Error()
	}
	return at
}

// only is the connection in service, of which there is one at most; or nil.
func only(s *Server) *serving {
	for _, at := range s.slots.list() {
		if now := at.now.Load(); now != nil {
			return now
		}
	}
	return nil
}

// wholeCommands is how many commands the text is, or -1 if it is anything else.
func wholeCommands(text string) int {
	n := len(text) / len(protocol.Accio)
	if text != strings.Repeat(protocol.Accio, n) {
		return -1
	}
	return n
}

// wholeConfirmations is how many of them stand at the beginning of what was
// taken from a client.
func wholeConfirmations(taken []byte) (n int) {
	for _, text := range []string{protocol.Confirm1, protocol.Confirm1 + protocol.Confirm2} {
		if strings.HasPrefix(string(taken), text) {
			n++
		}
	}
	return n
}
