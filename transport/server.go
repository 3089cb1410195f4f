package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// Server serves the connections of a listener, one at a time and in the order
// in which they come (docs/protocol.md §5). Its fields must not be changed
// while it serves.
type Server struct {
	// Table is what every connection is driven through. It must be valid.
	Table *fsm.Table
	// Do has what performs the actions of the table that are its own.
	Do map[fsm.Action]Do
	// IdleTimeout is the idle limit; 0 means DefaultIdleTimeout.
	IdleTimeout time.Duration
	// Result is called once for every accepted connection, in the order in
	// which they end and before our side of it is closed. An error ends Serve.
	Result func(Result) error
	// Accepted, if not nil, is told of every accepted connection before its
	// first activity, from the goroutine that serves. Of the Result only
	// Connection, Remote and Started are known then.
	Accepted func(Result)
	// Observe, if not nil, is told of every change of state, from the goroutine
	// that serves.
	Observe func(Transition)
	// Log, if not nil, is told of accept errors that are waited out.
	Log *slog.Logger

	accepted uint64
	machine  *fsm.Machine // of the connection in service; built once a Serve
	text     []byte       // likewise
	current  atomic.Pointer[serving]
}

// serving is a connection in service. What is not atomic in it does not change
// while others may look at it.
type serving struct {
	Result
	session
}

// Transition is a change of state of a connection.
type Transition struct {
	Connection uint64
	From       fsm.State
	Event      fsm.Event
	To         fsm.State
	Since      time.Duration // since service began
	Silence    time.Duration // since the idle clock was last restarted (docs/protocol.md §4.2)
	Limit      time.Duration // the idle limit
}

// Progress is the connection that is being served.
type Progress struct {
	Connection uint64
	Remote     string
	Started    time.Time
	Bytes      int64         // of the payload, so far
	At         time.Time     // when that was so
	State      fsm.State     // what the machine is in, or is about to be
	Arrived    int           // bytes of the text that State expects
	Silence    time.Duration // since the idle clock was last restarted (docs/protocol.md §4.2)
}

// Progress returns what is being served; ok is false while nothing is. It may
// be called from any goroutine.
func (s *Server) Progress() (p Progress, ok bool) {
	now := s.current.Load()
	if now == nil {
		return Progress{}, false
	}
	p = Progress{Connection: now.Connection, Remote: now.Remote.String(), Started: now.Started, Bytes: now.payload.Load(), At: time.Now()}
	p.State, p.Arrived, p.Silence = now.published.look(now.table, p.At)
	return p, true
}

// Serve accepts and serves until ctx is done, and then returns nil: the
// connection in service is ended through the event shutdown, those that have
// not been accepted are left to the system. It returns an error if the listener
// fails for good or a Result could not be delivered. In either case the
// listener is closed and no goroutine is left.
func (s *Server) Serve(ctx context.Context, ln Listener) error {
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		ln.Close()
		if now := s.current.Load(); now != nil {
			now.conn.SetDeadline(elapsed) // or else now.run sees that ctx is done
		}
	})
	defer func() {
		if !stop() {
			<-closed
		}
		ln.Close()
	}()
	s.prepare()
	for ctx.Err() == nil {
		c, err := s.accept(ctx, ln)
		if ctx.Err() != nil && errors.Is(err, net.ErrClosed) {
			break
		}
		if err != nil {
			return fmt.Errorf("accept: %w", bare(err))
		}
		if err := s.serve(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) serve(ctx context.Context, c Incoming) error {
	defer c.Close()
	s.machine.Reset()
	s.accepted++
	now := &serving{
		Result:  Result{Connection: s.accepted, Remote: c.Remote(), Started: time.Now()},
		session: session{table: s.Table, machine: s.machine, conn: c, do: s.Do, idle: s.idleTimeout(), text: s.text},
	}
	s.current.Store(now)
	if s.Accepted != nil {
		s.Accepted(now.Result)
	}
	result := now.conclude(ctx, now.Result)
	s.current.Store(nil)
	s.text = now.text
	if s.Result == nil {
		return nil
	}
	return s.Result(result)
}

// prepare builds the machine that serves one connection after another.
func (s *Server) prepare() {
	var observe fsm.Observer
	if s.Observe != nil {
		observe = s.observe
	}
	s.machine = fsm.NewMachine(s.Table, observe)
}

func (s *Server) idleTimeout() time.Duration {
	if s.IdleTimeout == 0 {
		return DefaultIdleTimeout
	}
	return s.IdleTimeout
}

func (s *Server) observe(from fsm.State, event fsm.Event, to fsm.State) {
	now := s.current.Load()
	s.Observe(now.changed(&now.Result, from, event, to))
}
