package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// someLimits are such that none of them passes in the moment of another.
var someLimits = map[string]struct {
	Limits
	sessions, aborted int
}{
	"duration":   {Limits{Duration: 8500 * time.Millisecond}, 1726, 246},
	"header":     {Limits{Header: 8500 * time.Millisecond}, 1992, 60},
	"bytes":      {Limits{Bytes: 4}, 970, 174},
	"rate":       {Limits{Rate: 1, RateWindow: 3 * time.Second}, 1866, 186},
	"everything": {Limits{Duration: 18500 * time.Millisecond, Header: 9500 * time.Millisecond, Bytes: 6, Rate: 1, RateWindow: 8500 * time.Millisecond}, 928, 246},
}

// §9.1 to §9.4: what becomes of every word to depth 4, and of those that begin with the
// header, with limits.
func TestEveryWordWithLimits(t *testing.T) {
	t.Parallel()
	for name, limits := range someLimits {
		expected := explore.ByHand(func() explore.Machine { return &expectation{limits: limits.Limits} })
		eachGround(t, func(t *testing.T, on string) {
			var failures explore.Shortest
			aborted := 0
			play := func(w explore.Word, maximal bool) {
				if !maximal || on != "scripted" && w.Early && w.Inputs[0].What == explore.Stop {
					return
				}
				failures.Ran()
				x := explore.Run(func() explore.Ground {
					g := grounds[on](&protocol.Server)()
					g.(ground).allow(limits.Limits)
					return g
				}, w, nil)
				if d := x.Differs(w, expected); d != nil {
					failures.Failf(alphabet.Rank(d.Word), "%s: %s", name, d)
				}
				if r := toldBy(x).result; r.Event == fsm.Aborted && !errors.Is(r.Err, ErrKilled) {
					aborted++
				}
			}
			synctest.Test(t, func(t *testing.T) {
				alphabet.Words(expected, 3, play)
				alphabet.Extend(expected, explore.Word{}.Then(explore.Text("h", header)), 4, play)
			})
			sessions := limits.sessions
			if on != "scripted" {
				sessions--
			}
			wantSessions(t, &failures, sessions)
			require.Ran(t, name+": sessions that a limit ends", aborted, limits.aborted)
		})
	}
}

// §9.1: an end that is there when the limit is looked at is an end, though the process
// was stopped meanwhile; and so are confirmations.
func TestWhatIsThereAtALimitCounts(t *testing.T) {
	for _, limits := range []Limits{{Duration: time.Minute}, {Header: time.Minute}, {Duration: time.Minute, Rate: 1}} {
		for _, text := range []string{header + "payload", header + strings.Repeat("x", 10_000)} {
			eachGround(t, func(t *testing.T, on string) {
				synctest.Test(t, func(t *testing.T) {
					stopped := false
					w := explore.Word{Early: true}.Then(explore.Text("all", text), explore.Input{Name: "end", What: explore.End}, explore.Silence("pause", 2*time.Hour))
					x := explore.Run(func() explore.Ground {
						g := grounds[on](&protocol.Server)()
						g.(ground).allow(limits)
						g.Limit(100)
						return g
					}, w, func(x *explore.Session, n int, _ context.CancelFunc) {
						if g := x.Ground.(ground); !stopped && g.session() != nil && g.session().payload.Load()+int64(g.session().end.right) > 0 {
							stopped = true
							time.Sleep(time.Hour) // with the signal SIGSTOP
						}
					})
					if r := toldBy(x).result; !stopped || r.State != protocol.Done || r.Bytes != int64(len(text)-len(header)) {
						t.Errorf("%+v: stopped: %v, %s after %d bytes: %s", limits, stopped, r.State, r.Bytes, r.Explanation())
					}
				})
			})
		}
	}
}

// flood is a connection that always has more, a MiB each millisecond, for an hour.
type flood struct {
	*explore.Conn
	end time.Time
}

func (f flood) Discard() (int64, error) {
	if time.Sleep(time.Millisecond); time.Now().After(f.end) {
		return 0, io.EOF
	}
	return 1 << 20, nil
}

// §9.1: a client of whom something is always there is ended when so much has come since the
// limit as may be there.
func TestWhoNeverPausesIsEnded(t *testing.T) {
	for limits, most := range map[Limits]int64{
		{Duration: time.Second}:                      1000<<20 + mostHeld,
		{Duration: 5 * time.Minute, Rate: 900 << 20}: 300_000<<20 + mostHeld, // quick enough, window after window
		{Rate: 1100 << 20}:                           10_000<<20 + mostHeld,
	} {
		p := playServer(t, sends(header), func(s *session) {
			s.conn, s.limit = flood{s.conn.(*explore.Conn), time.Now().Add(time.Hour)}, newLimiter(&limits, time.Now())
		})
		if p.Event != fsm.Aborted || p.Bytes < most || p.Bytes > most+4<<20 {
			t.Errorf("%+v: %s after %d bytes, of at most %d", limits, p.Explanation(), p.Bytes, most)
		}
	}
}

// §9.1: a client that never stops sending is ended all the same.
func TestWhoNeverStopsIsEnded(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 2} {
		eachPath(t, func(t *testing.T, path string) {
			patiently(t, func(limit time.Duration) error {
				r := start(t, path, &Server{Table: &protocol.Server, Concurrency: places, Limits: Limits{Duration: limit}})
				c := r.dial()
				ended := make(chan error, 1)
				go func() {
					_, err := io.WriteString(c, header)
					for block := make([]byte, 1<<20); err == nil; {
						_, err = c.Write(block)
					}
					ended <- err
				}()
				got := r.next()
				<-ended
				if got.From != protocol.Streaming || got.Event != fsm.Aborted || !errors.Is(got.Err, ErrDuration) || got.Elapsed < limit ||
					got.Reason != "the connection took too long: it is not over after "+limit.String() {
					return fmt.Errorf("%s from %s by %s, %v after %s: %s", got.State, got.From, got.Event, got.Err, got.Elapsed, got.Reason)
				}
				return nil
			})
		})
	}
}

// §9.7: the operator ends one connection, and the others go on.
func TestOneIsAborted(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 3} {
		eachPath(t, func(t *testing.T, path string) {
			counting := make(chan bool, places+1)
			r := start(t, path, &Server{Table: &protocol.Server, Concurrency: places, IdleTimeout: time.Hour, Observe: func(tr Transition) {
				if tr.To == protocol.Streaming {
					counting <- true
				}
			}})
			var clients []*peer
			for range places {
				c := r.dial()
				c.handshake()
				clients = append(clients, c)
				<-counting
			}
			last := clients[places-1]
			last.send("some")
			if err := r.Abort(uint64(places + 1)); !errors.Is(err, ErrNotServed) {
				t.Errorf("nobody: %v", err)
			}
			if err := r.Abort(uint64(places)); err != nil {
				t.Error(err)
			}
			got := r.wantError(protocol.Streaming, fsm.Aborted)
			if got.Connection != uint64(places) || got.Bytes > 4 || got.Reason != "ended by the operator" || !errors.Is(got.Err, ErrKilled) {
				t.Errorf("%+v", got)
			}
			last.expectEnd()
			for _, c := range clients[:places-1] {
				c.send("whole")
				c.CloseWrite()
				r.wantDone(5)
			}
			c := r.dial() // and it goes on
			c.handshake()
			c.CloseWrite()
			r.wantDone(0)
		})
	}
}

// §9.5: one address has so many connections in service, and others as many.
func TestPeersHaveALimit(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 4, IdleTimeout: time.Hour, Limits: Limits{PerPeer: 2}})
		for range 2 { // those who have left do not count
			first, second := r.dial(), r.dial()
			first.expect(protocol.Accio)
			second.expect(protocol.Accio)
			third := r.dial()
			got := r.wantError(protocol.SendAccio1, fsm.Aborted)
			if !errors.Is(got.Err, ErrPerPeer) || got.Reason != "too many connections from one address: 127.0.0.1 has 2 in service" {
				t.Errorf("%v: %s", got.Err, got.Reason)
			}
			third.expectEnd()
			for _, c := range []*peer{first, second} {
				c.Close()
				r.wantError(protocol.AwaitConfirm1, fsm.Closed)
			}
		}
	})
}

// An address is one peer, a network of 64 bits of IPv6 is too, and a Unix socket is none.
func TestPeers(t *testing.T) {
	var p peers
	for _, test := range []struct {
		addr string
		fits bool
	}{
		{"192.0.2.1:1", true}, {"192.0.2.1:2", false}, {"[::ffff:192.0.2.1]:3", false}, {"192.0.2.2:1", true},
		{"[2001:db8::1]:1", true}, {"[2001:db8::8000:0:0:2]:1", false}, {"[2001:db8:0:1::1]:1", true}, {"[fe80::1%lo]:1", true}, {"[fe80::2%eth0]:1", false},
	} {
		if err := p.enter(network(netip.MustParseAddrPort(test.addr)), 1); (err == nil) != test.fits || err != nil && !errors.Is(err, ErrPerPeer) {
			t.Errorf("%s: %v", test.addr, err)
		}
	}
	require.Ran(t, "networks", len(p), 5)
	if network(netip.AddrPort{}).IsValid() {
		t.Error("a Unix socket has a network")
	}
	one := network(netip.MustParseAddrPort("192.0.2.1:9"))
	p.leave(one)
	for have := range 4 {
		err := p.enter(one, 3)
		if fits := have < 3; fits != (err == nil) {
			t.Errorf("one more than %d: %v", have, err)
		}
	}
	for left := 2; left >= 0; left-- {
		if p.leave(one); p[one] != left {
			t.Errorf("%d are left, want %d", p[one], left)
		}
	}
	if p.leave(network(netip.AddrPort{})); len(p) != 4 {
		t.Errorf("after all have left: %v", p)
	}
	err := p.enter(network(netip.MustParseAddrPort("[2001:db8::7]:1")), 1)
	if want := "too many connections from one address: 2001:db8::/64 has 1 in service"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// §9.6: so many are accepted a second, and the others wait.
func TestAcceptingHasAPace(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 2} {
		eachPath(t, func(t *testing.T, path string) {
			const perSecond, clients = 20, 30
			r, serve := prepare(t, path, &Server{Table: &protocol.Server, Concurrency: places, Limits: Limits{Accepted: perSecond}})
			for range clients {
				r.dial().Close()
			}
			began := time.Now()
			serve()
			for range clients {
				r.wantError(protocol.AwaitConfirm1, fsm.Closed)
			}
			// The first so many come at once.
			if took, least := time.Since(began), (clients-perSecond)*time.Second/perSecond; took < least-50*time.Millisecond {
				t.Errorf("%d were served in %s, which takes %s at least", clients, took, least)
			}
		})
	}
}

// A table that has no event for them has no limits.
func TestLimitsNeedAnEvent(t *testing.T) {
	table := protocol.Server.Clone()
	var events []fsm.Event
	for _, e := range table.Events {
		if e != fsm.Aborted {
			events = append(events, e)
		}
	}
	table.Events = events
	for i, limits := range []Limits{{Duration: 1}, {Header: 1}, {Bytes: 1}, {Rate: 1}, {PerPeer: 1}} {
		s := &Server{Table: &table, Limits: limits}
		if err := s.Serve(t.Context(), newTurns(nil)); !errors.Is(err, ErrNoAborted) {
			t.Errorf("%d: %v", i, err)
		}
		if err := s.Abort(1); !errors.Is(err, ErrNoAborted) {
			t.Error(err)
		}
	}
}

// Each says what was too much, and what is missing of a confirmation.
func TestReasonsOfLimits(t *testing.T) {
	for _, test := range []struct {
		limits Limits
		actor  actor
		from   fsm.State
		reason string
		hint   string
		err    error
	}{
		{Limits{Header: 2 * time.Second}, sends(), protocol.AwaitConfirm1, "", "", nil},
		{Limits{Header: 2 * time.Second}, silent(protocol.Confirm1[:5]), protocol.AwaitConfirm1, "the payload had not begun after 2s", `5 of 15 bytes came, "rm-accio\r\n" is missing`, ErrHeader},
		{Limits{Duration: 2 * time.Second}, silent(protocol.Confirm1), protocol.AwaitConfirm2, "the connection took too long: it is not over after 2s", `waited for "confirm-accio-again\r\n\r\n"`, ErrDuration},
		{Limits{Duration: 3 * time.Second}, silent(header + "x"), protocol.Streaming, "the connection took too long: it is not over after 3s", "", ErrDuration},
		{Limits{Bytes: 3}, silent(header + "four"), protocol.Streaming, "the payload is too large: more than 3 bytes", "", ErrBytes},
		{Limits{Rate: 10}, silent(header + "four"), protocol.Streaming, "the payload comes too slowly: 4 bytes in 10s, wanted 100", "", ErrRate},
	} {
		p := playServer(t, test.actor, func(s *session) { s.idle, s.limit = time.Hour, newLimiter(&test.limits, time.Now()) })
		if test.err == nil {
			p.wantEnd(t, test.from, fsm.Closed, 0)
			continue
		}
		if p.Reason != test.reason || p.Hint != test.hint || p.Event != fsm.Aborted || p.From != test.from || !errors.Is(p.Err, test.err) {
			t.Errorf("%s: %s, want %s; %s", p.Event, p.Explanation(), test.reason, test.hint)
		}
	}
}

// silent is a client that sends a text, and nothing more.
func silent(text string) actor {
	return func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(text)
		time.Sleep(2 * time.Hour)
	}
}
