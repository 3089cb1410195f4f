package live

import (
	"crypto/rand"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"accio/fsm"
	"accio/transport"
)

// About is what a page is told of its server.
type About struct {
	Name      string       // of the protocol; the title of the page
	Metrics   string       // what the names of the metrics begin with, up to an underscore
	Tables    []*fsm.Table // that can be asked for beside the observer's
	Story     []byte       // a run for Explore, as docs/live.md has it; nil is none
	Observer  *Observer
	Progress  func() (transport.Progress, bool) // transport.Server.Progress
	Queued    func() (n int, ok bool)           // transport.Queue.Queued; nil where there is none
	Ready     func() bool                       // the server listens and is not about to end
	Blocked   func() time.Duration              // for how long no result could be written; nil is 0, always
	Address   netip.AddrPort                    // where it listens
	Hosts     []string                          // what requests may call the page besides its addresses, as cli.Hosts has them
	IdleLimit time.Duration
	Version   string
	Log       *slog.Logger // of what goes wrong with the page
}

// reporter puts together what there is to tell. Any goroutine may use it.
type reporter struct {
	About
	instance string
	started  time.Time
	refused  *refusals

	mu   sync.Mutex // among those who ask; the server never holds it
	rate rate
}

func newReporter(a About) *reporter {
	return &reporter{About: a, instance: rand.Text(), started: time.Now().UTC(), refused: &refusals{log: a.Log}}
}

// moment is a view and what it lacks.
type moment struct {
	view
	bytes int64 // of all connections, the one in service included
	queue *int
	now   time.Time

	currentBytes int64
	currentRate  float64
	arrived      int           // of the text that the state expects
	left         time.Duration // of the idle limit
}

func (p *reporter) blocked() time.Duration {
	if p.Blocked == nil {
		return 0
	}
	return p.Blocked()
}

func (p *reporter) moment() moment {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := moment{view: p.Observer.view(), now: time.Now()}
	m.bytes = m.view.bytes
	if c := m.current; c != nil {
		m.currentBytes, m.left = c.seen.Load(), p.IdleLimit
		if progress, ok := p.Progress(); ok && progress.Connection == c.connection {
			m.currentBytes = c.see(progress.Bytes)
			m.left = max(p.IdleLimit-progress.Silence, 0)
			if progress.State == m.state { // else one is ahead of the other
				m.arrived = progress.Arrived
			}
		}
		m.bytes += m.currentBytes
		m.currentRate = p.rate.of(c.connection, c.started, sample{m.now, m.currentBytes})
	}
	if p.Queued != nil {
		// A listener that was closed has no queue, and tells nothing.
		if n, ok := p.Queued(); ok || !p.Ready() {
			m.queue = &n
		}
	}
	return m
}

// same reports whether nothing that a page shows differs.
func (m *moment) same(old *moment) bool {
	if (m.queue == nil) != (old.queue == nil) || m.queue != nil && *m.queue != *old.queue {
		return false
	}
	return m.version == old.version && slices.Equal(m.counts, old.counts) &&
		m.bytes == old.bytes && m.currentRate == old.currentRate && m.arrived == old.arrived
}

// snapshot tells all there is.
func (p *reporter) snapshot(m *moment) Snapshot {
	s := p.update(m, 0)
	s.Dropped = false
	return s
}

// update tells of the connections that ended after the one at place, and of
// everything else.
func (p *reporter) update(m *moment, place uint64) Snapshot {
	s := Snapshot{
		Instance:    p.instance,
		Now:         m.now.UTC(),
		Server:      Server{p.Address.String(), p.Version, p.started, p.IdleLimit.Seconds()},
		Queue:       m.queue,
		Connections: Connections{m.ok, m.failed},
		Bytes:       m.bytes,
		Transitions: make([]Count, len(m.counts)),
		Sessions:    p.sessions(&m.view),
		Serving:     []Serving{},
		Recent:      []Ended{},
	}
	for i, tr := range p.Observer.table.Transitions {
		s.Transitions[i] = Count{tr.From, tr.Event, tr.To, m.counts[i]}
	}
	if m.current != nil {
		s.Serving = append(s.Serving, p.serving(m))
	}
	list, missed := p.Observer.since(place, &m.view)
	s.Recent = slices.Grow(s.Recent, len(list))
	for _, r := range list {
		s.Recent = append(s.Recent, p.Observer.ended(r))
	}
	s.Dropped = missed
	return s
}

// sessions returns how many connections in service are in each state.
func (p *reporter) sessions(v *view) map[fsm.State]int {
	n := make(map[fsm.State]int, len(p.Observer.states))
	for _, s := range p.Observer.states {
		n[s] = 0
	}
	if v.current != nil {
		n[v.state]++
	}
	return n
}

func (p *reporter) serving(m *moment) Serving {
	c, s := m.current, Serving{State: m.state, Bytes: m.currentBytes, Rate: m.currentRate, Arrived: m.arrived, Left: m.left.Seconds()}
	s.Connection, s.Remote, s.Started, s.Path = c.connection, c.remote.String(), c.started.UTC(), p.Observer.steps(m.path)
	s.More = int(m.more)
	if a := p.Observer.table.Activity(m.state); a.Action == fsm.Expect {
		s.Expected, s.Missing = len(a.Text), transport.Missing(a.Text, m.arrived)
	}
	return s
}

// connection returns a Serving or an Ended; ok is false for one that has not
// come yet, or is no longer kept.
func (p *reporter) connection(number uint64) (c any, ok bool) {
	m := p.moment()
	if m.current != nil && m.current.connection == number {
		return p.serving(&m), true
	}
	list, _ := p.Observer.since(0, &m.view)
	for _, r := range list {
		if r.connection == number {
			return p.Observer.ended(r), true
		}
	}
	return nil, false
}
