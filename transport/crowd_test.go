package transport

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/protocol"
)

// hall is where a crowd of clients comes to a listener.
type hall interface {
	Listener
	// enter makes one more client come, which waits to be accepted.
	enter() guest
	// left says what is left behind at the end.
	left() error
}

// guest is a client of a crowd.
type guest interface {
	explore.Client
	Said() string
	// refused reports whether it was reset before it was accepted.
	refused() bool
}

// halls are the ways to serve a crowd.
var halls = map[string]func() hall{"together": newRoom}

// room is a hall of scripted connections.
type room struct {
	mu      sync.Mutex
	changed *sync.Cond
	queue   []*seat
	shut    bool
}

func newRoom() hall {
	r := &room{}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// seat is a scripted connection, and its client.
type seat struct {
	*explore.Conn
	turned atomic.Bool
}

func (s *seat) Remote() netip.AddrPort { return netip.AddrPort{} }
func (s *seat) refused() bool          { return s.turned.Load() }

func (r *room) enter() guest {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &seat{Conn: explore.NewConn()}
	r.queue = append(r.queue, s)
	r.changed.Broadcast()
	return s
}

func (r *room) Accept() (Incoming, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) == 0 && !r.shut {
		r.changed.Wait()
	}
	if r.shut {
		return nil, net.ErrClosed
	}
	s := r.queue[0]
	r.queue = r.queue[1:]
	return s, nil
}

func (r *room) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shut = true
	for _, s := range r.queue {
		s.turned.Store(true)
	}
	r.changed.Broadcast()
	return nil
}

func (r *room) Addr() netip.AddrPort { return netip.AddrPort{} }
func (r *room) left() error          { return nil }

// crowding is a run of a server and of its clients.
type crowding struct {
	hall
	server *Server
	stop   context.CancelFunc
	guests []guest
	at     []string // of each client: its state, or its line
	served chan error
	ended  string
}

func newCrowding(h hall, clients, places int) *crowding {
	c := &crowding{hall: h, guests: make([]guest, clients), at: make([]string, clients), served: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.server = &Server{Table: &protocol.Server, IdleTimeout: idleLimit, Concurrency: places,
		Accepted: func(r Result) { c.at[r.Connection-1] = string(protocol.Server.Initial) },
		Observe:  func(tr Transition) { c.at[tr.Connection-1] = string(tr.To) },
		Result: func(r Result) error {
			at := &c.at[r.Connection-1]
			if *at != string(r.State) {
				return fmt.Errorf("connection %d ends in %s and is in %s", r.Connection, r.State, *at)
			}
			*at = map[bool]string{true: "count", false: "ERROR"}[r.Good]
			return nil
		},
	}
	go func() { c.served <- c.server.Serve(ctx, h) }()
	synctest.Wait()
	return c
}

// do does what a rule of the model says of the world.
func (c *crowding) do(what string) {
	switch who, does, _ := strings.Cut(strings.TrimPrefix(what, "client "), " "); {
	case what == silence:
		time.Sleep(idleLimit)
	case what == "a signal begins the drain":
		c.server.Drain()
	case !strings.HasPrefix(what, "client "):
		c.stop()
	default:
		i := int(who[0] - '1')
		switch does {
		case "connects":
			c.guests[i] = c.enter()
		case "sends the header and some of its file":
			c.guests[i].Arrive(header + "x")
		case "ends its stream":
			c.guests[i].End()
		case "resets":
			c.guests[i].Reset()
		case "is ended by the operator or a limit":
			c.server.Abort(uint64(i + 1)) // they have come in the order of their numbers
		}
	}
	synctest.Wait()
}

const silence = "silence for the idle limit"

// seen is what can be seen of all clients, and of the server.
func (c *crowding) seen() string {
	all := slices.Clone(c.at)
	for i, g := range c.guests {
		switch {
		case g == nil:
			all[i] = "-"
		case all[i] == "" && g.refused():
			all[i] = "refused"
		case all[i] == "":
			all[i] = "queue"
			if g.Said() != "" {
				all[i] = "not accepted, and told " + g.Said()
			}
		}
	}
	if c.ended == "" {
		select {
		case err := <-c.served:
			c.ended = fmt.Sprintf(" ended %v", err)
		default:
		}
	}
	return strings.Join(all, " ") + c.ended
}

// over ends the run.
func (c *crowding) over() error {
	c.stop()
	if c.ended == "" {
		<-c.served
	}
	return c.left()
}

// crowdModel is the model of a crowd, played on with the world in our hands.
type crowdModel struct {
	system  func(guarded.State) map[string]guarded.State
	vars    map[string]*guarded.Var
	free    map[string]bool
	clients int
	taken   map[string]bool
}

func newCrowdModel(clients, places int) (*crowdModel, guarded.State) {
	p := model.NewCrowd(&protocol.Server, clients, places, 0).Program
	system := p.System()
	m := &crowdModel{vars: map[string]*guarded.Var{}, free: map[string]bool{}, clients: clients, taken: map[string]bool{}}
	m.system = func(s guarded.State) map[string]guarded.State {
		steps := map[string]guarded.State{}
		for _, step := range system.Next(s) {
			for _, v := range p.Vars {
				if v.Pulse {
					v.Put(&step.To, 0) // what the last step was is no part of what can come
				}
			}
			steps[step.Label] = step.To
		}
		return steps
	}
	for _, r := range p.Rules {
		m.free[r.Label] = r.Free
	}
	for _, v := range p.Vars {
		m.vars[v.Name] = v
	}
	return m, system.Initial[0]
}

// isTime reports whether a rule is taken when time passes.
func isTime(label string) bool {
	return strings.HasSuffix(label, "was silent for the idle limit") || label == "the drain's time passes"
}

// settle takes the steps of the server until it rests, in any order, and returns where.
func (m *crowdModel) settle(s guarded.State) map[guarded.State]bool {
	rests := map[guarded.State]bool{}
	known := map[guarded.State]bool{s: true}
	for queue := []guarded.State{s}; len(queue) > 0; queue = queue[1:] {
		moved := false
		for label, to := range m.system(queue[0]) {
			if m.free[label] || isTime(label) {
				continue
			}
			m.taken[label], moved = true, true
			if !known[to] {
				known[to] = true
				queue = append(queue, to)
			}
		}
		if !moved {
			rests[queue[0]] = true
		}
	}
	return rests
}

// give does what happens in the world; ok is false if it cannot.
func (m *crowdModel) give(s guarded.State, what string) (_ guarded.State, ok bool) {
	if what != silence {
		to, ok := m.system(s)[what]
		m.taken[what] = m.taken[what] || ok
		return to, ok
	}
	for label := range m.system(s) { // of those who are there now
		if strings.HasSuffix(label, "was silent for the idle limit") {
			s, ok = m.system(s)[label], true
			m.taken[label] = true
		}
	}
	return s, ok
}

// seen is what can be seen of a state.
func (m *crowdModel) seen(s guarded.State) string {
	var all []string
	for i := range m.clients {
		of := func(name string) *guarded.Var { return m.vars[fmt.Sprint(name, i+1)] }
		switch place, line := of("place").Value(s), of("line").Show(s); {
		case place == 1:
			all = append(all, of("state").Show(s))
		case place > 1:
			all = append(all, "queue")
		case line == "":
			all = append(all, "-")
		default:
			all = append(all, line)
		}
	}
	text := strings.Join(all, " ")
	if m.vars["phase"].Show(s) == "ended" {
		text += " ended <nil>"
	}
	return text
}

// worlds are what can happen in the world: clients come in the order of their numbers,
// as they are all alike.
func (m *crowdModel) worlds(s guarded.State) (all []string) {
	came := 0
	for came < m.clients && (m.vars[fmt.Sprint("place", came+1)].Value(s) > 0 || m.vars[fmt.Sprint("line", came+1)].Value(s) > 0) {
		came++
	}
	for label, free := range m.free {
		if free && (!strings.HasSuffix(label, " connects") || label == fmt.Sprintf("client %d connects", came+1)) {
			all = append(all, label)
		}
	}
	slices.Sort(all)
	return append(all, silence)
}

// A crowd is followed from every state in which the model comes to rest: whatever can
// happen leads the code and the model to the same states and lines of all clients, and
// the server to its end where the model ends.
func followCrowd(t *testing.T, h func() hall, clients, places int) (rests, runs int) {
	m, initial := newCrowdModel(clients, places)
	type node struct {
		guarded.State
		run []string
	}
	known := map[guarded.State]bool{initial: true}
	for queue := []node{{State: initial}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, what := range m.worlds(at.State) {
			given, ok := m.give(at.State, what)
			if !ok {
				continue
			}
			run := append(slices.Clone(at.run), what)
			c := newCrowding(h(), clients, places)
			for _, what := range run {
				c.do(what)
			}
			got, settled := c.seen(), m.settle(given)
			runs++
			if err := c.over(); err != nil {
				t.Fatalf("%q: %v", run, err)
			}
			maps.DeleteFunc(settled, func(s guarded.State, _ bool) bool { return m.seen(s) != got })
			if len(settled) == 0 {
				t.Fatalf("%q: the code has %s, the model %s", run, got, m.seen(slices.Collect(maps.Keys(m.settle(given)))[0]))
			}
			for s := range settled {
				if !known[s] {
					known[s] = true
					queue = append(queue, node{s, run})
				}
			}
		}
	}
	for label := range m.free {
		if !m.taken[label] && label != "the drain's time passes" { // which is what a second signal is, here
			t.Errorf("nothing made the model take its step %q", label)
		}
	}
	return len(known), runs
}

// The server of some places is the model of a crowd, step by step.
func TestCodeIsTheCrowd(t *testing.T) {
	want := 1
	if runtime.GOOS == "linux" {
		want = 2
	}
	require.Ran(t, "halls", len(halls), want)
	for name, h := range halls {
		for _, test := range []struct{ clients, places, rests, runs int }{{3, 2, 158, 873}, {4, 2, 498, 2977}, {4, 3, 690, 5117}} {
			t.Run(fmt.Sprintf("%s %d at %d", name, test.clients, test.places), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					rests, runs := followCrowd(t, h, test.clients, test.places)
					require.Ran(t, "states of rest", rests, test.rests)
					require.Ran(t, "runs", runs, test.runs)
				})
			})
		}
	}
}
