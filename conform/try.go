package conform

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"accio/conform/cage"
	"accio/internal/port"
)

// try is one attempt at a case.
type try struct {
	ctx      context.Context
	suite    *Suite
	c        *Case
	log      *transcript
	patience time.Duration // for what should come at once
	alone    bool          // no other case is tried at the same time
	idle     time.Duration // the idle limit of the program under test
	program  *cage.Process // nil before it is started, or if it is not ours
	over     bool          // it was to end
	hint     string        // what may be wrong, if it is
	hasty    bool          // something was done that is wrong for a program that is only slow
	cleanup  []func()
}

func (t *try) note(format string, args ...any) { t.log.add(format, args...) }

// fail ends the try: what came was wrong.
func (t *try) fail(claim, wanted, format string, args ...any) {
	panic(failure{claim: claim, wanted: wanted, got: fmt.Sprintf(format, args...) + t.fate(), hint: t.hint})
}

// late ends the try: what should have come did not.
func (t *try) late(claim, wanted, format string, args ...any) {
	if t.ctx.Err() != nil {
		panic(moot{"interrupted"})
	}
	panic(failure{claim: claim, wanted: wanted, got: fmt.Sprintf(format, args...) + t.fate(), hint: t.hint, late: true})
}

// fate says of a program that has ended, or hit a limit, what is known.
func (t *try) fate() string {
	if t.program == nil {
		return ""
	}
	// What ended it may come a moment after what was seen of it.
	if !t.over {
		select {
		case <-t.program.Exited():
		case <-time.After(50 * time.Millisecond):
		}
	}
	s := t.program.Status()
	if s.Limit != "" {
		return fmt.Sprintf(" (it hit the limit of %s)", s.Limit)
	}
	select {
	case <-t.program.Exited():
		if t.over {
			return ""
		}
		return fmt.Sprintf(" (the program has ended with %s%s)", ending(s), t.said())
	default:
		return ""
	}
}

func ending(s cage.Status) string {
	if s.Signal != nil {
		return fmt.Sprintf("signal %q", s.Signal)
	}
	return fmt.Sprintf("exit status %d", s.Code)
}

// said quotes the end of standard error.
func (t *try) said() string {
	text, _, _ := t.program.Stderr.Text()
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	const most = 160
	if len(text) > most {
		text = "…" + text[len(text)-most:]
	}
	return ", and said " + quote(text)
}

// launch starts the program.
func (t *try) launch(c cage.Command) {
	c.Limits, c.Env, c.Sandbox = t.suite.Limits, t.suite.Env, t.suite.Sandbox
	p, err := cage.Start(c)
	if err != nil {
		panic(notStarted{err})
	}
	t.note("start %s", strings.Join(c.Args, " "))
	t.program = p
	t.cleanup = append(t.cleanup, func() { p.End() })
}

// restart prepares for another program in the same case.
func (t *try) restart() {
	t.program.End()
	t.program, t.over = nil, false
}

// port returns a port that nobody listens on.
func (t *try) port() int {
	n, release, err := port.Reserve()
	if err != nil {
		panic(moot{err.Error()})
	}
	t.cleanup = append(t.cleanup, release)
	return n
}

// listen listens on a port of ours.
func (t *try) listen() *net.TCPListener {
	for range 10 {
		ln, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", t.port()))
		if err == nil {
			t.cleanup = append(t.cleanup, func() { ln.Close() })
			return ln.(*net.TCPListener)
		}
	}
	panic(moot{"no port can be listened on"})
}

// signal sends a signal to the program.
func (t *try) signal(s os.Signal) {
	t.note("signal %v", s)
	if err := t.program.Signal(s); err != nil && !errors.Is(err, cage.ErrExited) {
		panic(moot{err.Error()})
	}
}

// exits waits until the program ends.
func (t *try) exits(claim string, within time.Duration) cage.Status {
	t.over = true
	select {
	case <-t.program.Exited():
	case <-t.wait(within):
		t.late(claim, "the program to end", "it still runs after %s", within)
	}
	s := t.program.Status()
	t.note("the program ends with %s", ending(s))
	if s.Limit != "" {
		t.fail(claim, "the program to end by itself", "it hit the limit of %s", s.Limit)
	}
	return s
}

// exitsWell wants the exit status 0.
func (t *try) exitsWell(claim string, within time.Duration) {
	if s := t.exits(claim, within); s.Code != 0 {
		t.fail(claim, "exit status 0", "%s%s", ending(s), t.said())
	}
}

// exitsBadly wants another exit status, and ERROR: on standard error if told so.
func (t *try) exitsBadly(claim string, within time.Duration, told bool) {
	s := t.exits(claim, within)
	if s.Code == 0 || s.Signal != nil {
		t.fail(claim, "an exit status that is not 0", "%s%s", ending(s), t.said())
	}
	if !told {
		return
	}
	text := t.all(t.program.Stderr, true)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "ERROR:") {
			t.note("standard error %s", quote(line))
			return
		}
	}
	t.fail(claim, `a line on standard error that begins with "ERROR:"`, "%s", quote(text))
}

// own closes a connection of ours at the end of the try, or of the run.
func (t *try) own(c net.Conn) {
	stop := context.AfterFunc(t.ctx, func() { c.Close() })
	t.cleanup = append(t.cleanup, func() {
		stop()
		c.Close()
	})
}

// all returns what a program has written, to the end if it has ended.
func (t *try) all(o *cage.Output, ended bool) string {
	if !ended {
		text, _, _ := o.Text()
		return text
	}
	late := t.wait(t.patience)
	for {
		text, ended, more := o.Text()
		if ended {
			return text
		}
		select {
		case <-more:
		case <-late:
			return text
		}
	}
}

// wait is a channel for a time, or until the run is interrupted.
func (t *try) wait(d time.Duration) <-chan struct{} {
	ctx, cancel := context.WithTimeout(t.ctx, d)
	t.cleanup = append(t.cleanup, cancel)
	return ctx.Done()
}

// pause lets time pass; what it is measured by is later than since by less than
// most, or the try says nothing.
func (t *try) pause(d time.Duration) {
	<-t.wait(d)
	if t.ctx.Err() != nil {
		panic(moot{"interrupted"})
	}
}

// inTime makes the try moot if more than a limit has passed since a time.
func (t *try) inTime(since time.Time, limit time.Duration) {
	if d := time.Since(since); d > limit {
		panic(moot{fmt.Sprintf("the machine was too slow: what was to be done within %s took %s", limit, d.Round(time.Millisecond))})
	}
}

func (t *try) end() {
	for i := len(t.cleanup) - 1; i >= 0; i-- {
		t.cleanup[i]()
	}
}

// The signals that end a program of either role in good order.
var endingSignals = map[string]os.Signal{"sigint": syscall.SIGINT, "sigterm": syscall.SIGTERM, "sigquit": syscall.SIGQUIT}
