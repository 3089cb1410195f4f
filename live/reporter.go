package live

import (
	"cmp"
	"crypto/rand"
	"iter"
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
	Serving   func() iter.Seq[transport.Progress] // transport.Server.Serving
	Queued    func() (n int, ok bool)             // transport.Queue.Queued; nil where there is none
	Ready     func() bool                         // the server listens and is not about to end
	Blocked   func() time.Duration                // for how long no result could be written; nil is 0, always
	Address   netip.AddrPort                      // where it listens
	Hosts     []string                            // what requests may call the page besides its addresses, as cli.Hosts has them
	IdleLimit time.Duration
	Places    int // how many connections can be served at a time
	Version   string
	Instance  string       // what the server is called among others; may be empty
	Log       *slog.Logger // of what goes wrong with the page
}

// reporter puts together what there is to tell. Any goroutine may use it.
type reporter struct {
	About
	instance string
	started  time.Time
	refused  *refusals

	mu   sync.Mutex // among those who ask, and of the rates; the server never holds it
	most int64      // bytes that were ever told
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

	standing []standing // the busiest first
}

// standing is how a connection in service stands.
type standing struct {
	inService
	bytes   int64
	rate    float64
	arrived int           // of the text that the state expects
	left    time.Duration // of the idle limit
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
	now := make(map[uint64]transport.Progress, len(m.serving))
	for progress := range p.Serving() {
		now[progress.Connection] = progress
	}
	m.standing = make([]standing, len(m.serving))
	for i, c := range m.serving {
		s := standing{inService: c, bytes: c.seen.Load(), left: p.IdleLimit}
		if progress, ok := now[c.connection]; ok {
			s.bytes = c.see(progress.Bytes)
			s.left = max(p.IdleLimit-progress.Silence, 0)
			if progress.State == c.state { // else one is ahead of the other
				s.arrived = progress.Arrived
			}
		}
		m.bytes += s.bytes
		s.rate = c.rate.of(c.started, sample{m.now, s.bytes})
		m.standing[i] = s
	}
	slices.SortFunc(m.standing, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.rate, a.rate), cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.connection, b.connection))
	})
	// Of many, one that ends while they are read is in neither number.
	p.most = max(p.most, m.bytes)
	m.bytes = p.most
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
	return m.version == old.version && m.bytes == old.bytes && slices.EqualFunc(m.listed(), old.listed(), func(a, b standing) bool {
		return a.connection == b.connection && a.rate == b.rate && a.arrived == b.arrived
	})
}

// mostListed is how many connections in service a snapshot has.
const mostListed = 50

func (m *moment) listed() []standing { return m.standing[:min(len(m.standing), mostListed)] }

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
	for i := range m.listed() {
		s.Serving = append(s.Serving, p.serving(&m.standing[i]))
	}
	for _, n := range m.view.sessions {
		s.InService += int(n)
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
	for i, s := range p.Observer.states {
		n[s] = int(v.sessions[i])
	}
	return n
}

func (p *reporter) serving(c *standing) Serving {
	s := Serving{State: c.state, Bytes: c.bytes, Rate: c.rate, Arrived: c.arrived, Left: c.left.Seconds()}
	s.Connection, s.Remote, s.Started, s.Path = c.connection, transport.Peer(c.peer()), c.started.UTC(), p.Observer.steps(c.path)
	s.More = int(c.more)
	if a := p.Observer.table.Activity(c.state); a.Action == fsm.Expect {
		s.Expected, s.Missing = len(a.Text), transport.Missing(a.Text, c.arrived)
	}
	return s
}

// connection returns a Serving or an Ended; ok is false for one that has not
// come yet, or is no longer kept.
func (p *reporter) connection(number uint64) (c any, ok bool) {
	if c, ok = p.find(number); !ok { // it may have ended between the two looks of the first moment
		c, ok = p.find(number)
	}
	return c, ok
}

func (p *reporter) find(number uint64) (c any, ok bool) {
	m := p.moment()
	for i := range m.standing {
		if m.standing[i].connection == number {
			return p.serving(&m.standing[i]), true
		}
	}
	list, _ := p.Observer.since(0, &m.view)
	for _, r := range list {
		if r.connection == number {
			return p.Observer.ended(r), true
		}
	}
	return nil, false
}
