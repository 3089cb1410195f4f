package transport

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// slot is where one connection is served after another. Building a machine costs
// more than running it, so that each slot has one.
type slot struct {
	server  *Server
	machine *fsm.Machine
	text    []byte // room of the session
	now     atomic.Pointer[serving]
}

// serving is a connection in service. What is not atomic in it does not change
// while others may look at it.
type serving struct {
	Result                                // Remote is the peer of the socket
	named  atomic.Pointer[netip.AddrPort] // the one that a header of the PROXY protocol names; nil: none
	from   netip.Prefix                   // what it counts for among the server's peers; the zero value: nothing
	session
}

// newSlot returns one more slot of the server's.
func (s *Server) newSlot() *slot {
	p := &slot{server: s}
	var observe fsm.Observer
	if s.Observe != nil {
		observe = p.observe
	}
	p.machine = fsm.NewMachine(s.Table, observe)
	s.slots.add(p)
	return p
}

// serve is the service of one connection, whose Conn waits.
func (p *slot) serve(ctx context.Context, c Incoming) error {
	now := p.begin(c)
	return p.end(now.run(ctx))
}

// begin begins the service of a connection that was accepted. One goroutine begins all
// of a server's.
func (p *slot) begin(c Incoming) *serving {
	s := p.server
	p.machine.Reset()
	s.accepted++
	now := &serving{
		Result:  Result{Connection: s.accepted, Remote: c.Remote(), Started: time.Now()},
		session: session{table: s.Table, machine: p.machine, conn: c, do: s.Do, idle: s.idleTimeout(), text: p.text},
	}
	now.limit = newLimiter(&s.Limits, now.Started)
	if s.Proxy != nil {
		h := &proxied{Proxy: s.Proxy, remote: now.Remote, named: func(client netip.AddrPort) { p.identify(now, client) }}
		now.preface = h.header
	}
	p.now.Store(now)
	if s.Accepted == nil && (s.Limits.PerPeer == 0 || s.Proxy != nil) {
		return now // whoever is being told something, which may take long
	}
	s.tells(now)
	defer s.telling.Unlock()
	if s.Proxy == nil {
		s.meet(now, now.Remote)
	}
	if s.Accepted != nil {
		s.Accepted(now.Result)
	}
	return now
}

// end ends the service of the connection, after its session has returned bug. The
// error is that of the server's Result.
func (p *slot) end(bug error) error {
	now := p.now.Load()
	defer now.conn.(Incoming).Close()
	result := now.conclusion(bug, now.Result)
	result.Remote = now.peer()
	p.text = now.text
	s := p.server
	s.telling.Lock()
	defer s.telling.Unlock()
	p.now.Store(nil)
	s.peers.leave(now.from)
	if s.Result == nil || s.failure != nil {
		return nil
	}
	s.failure = s.Result(result)
	return s.failure
}

// tells holds telling, for which a connection may have to wait as long as the Result of
// another takes.
func (s *Server) tells(now *serving) {
	began := time.Now()
	s.telling.Lock()
	if stood := time.Since(began); stood >= excused {
		now.limit.excuse(stood)
	}
}

// identify is told of the peer that a header of the PROXY protocol names.
func (p *slot) identify(now *serving, client netip.AddrPort) {
	now.named.Store(&client)
	s := p.server
	s.tells(now)
	defer s.telling.Unlock()
	s.meet(now, client)
	if s.Identified == nil {
		return
	}
	r := now.Result
	r.Remote = client
	s.Identified(r)
}

// meet counts a connection among those of its peer, or ends it if they would be too many.
func (s *Server) meet(now *serving, peer netip.AddrPort) {
	from := network(peer)
	if s.Limits.PerPeer == 0 || !from.IsValid() {
		return
	}
	if err := s.peers.enter(from, s.Limits.PerPeer); err != nil {
		now.abort.Store(&err)
		return
	}
	now.from = from
}

// peer is who has connected, as far as that is known.
func (now *serving) peer() netip.AddrPort {
	if client := now.named.Load(); client != nil {
		return *client
	}
	return now.Remote
}

func (p *slot) observe(from fsm.State, event fsm.Event, to fsm.State) {
	now := p.now.Load()
	p.server.tells(now)
	defer p.server.telling.Unlock()
	p.server.Observe(now.changed(&now.Result, from, event, to))
}

func (now *serving) progress() Progress {
	p := Progress{Connection: now.Connection, Remote: now.peer(), Started: now.Started, Bytes: now.payload.Load(), At: time.Now()}
	p.State, p.Arrived, p.Silence = now.published.look(now.table, p.At)
	return p
}

// slots are all that a server has; there are as many as it ever needed at a time.
type slots struct {
	mu  sync.Mutex
	all []*slot
}

func (l *slots) add(p *slot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, p)
}

func (l *slots) list() []*slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all
}

// interrupt makes the sessions look at their context, which is done.
func (l *slots) interrupt() {
	for _, p := range l.list() {
		if now := p.now.Load(); now != nil {
			now.conn.SetDeadline(elapsed) // or else now.run sees that ctx is done
		}
	}
}
