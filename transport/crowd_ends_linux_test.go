package transport

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/internal/require"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// No more are accepted than are to be, however many wait, and the last of them finds the
// port closed already.
func TestCrowdOfSoMany(t *testing.T) {
	for most := uint64(1); most <= 3; most++ {
		synctest.Test(t, func(t *testing.T) {
			k := simkernel.New()
			process := k.Process()
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			var guests []*simkernel.Guest
			come := func(n int) {
				for range n {
					g, err := k.Guest(ln.Addr())
					if err != nil {
						t.Fatal(err)
					}
					guests = append(guests, g)
				}
			}
			come(int(most) - 1)
			accepted, results := uint64(0), uint64(0)
			s := &Server{Table: &protocol.Server, Concurrency: 4, Most: most,
				Accepted: func(Result) {
					if accepted++; accepted < most {
						return
					}
					if g, err := k.Guest(ln.Addr()); err == nil {
						g.Leave()
						t.Errorf("one more can connect when all %d have come", most)
					}
				},
				Result: func(Result) error { results++; return nil },
			}
			served := make(chan error, 1)
			go func() { served <- s.Serve(t.Context(), ln) }()
			synctest.Wait()
			process.Fail("accept4", unix.EMFILE) // so that those who come now are accepted together
			come(3)
			time.Sleep(minBackoff)
			synctest.Wait()
			for _, g := range guests {
				g.End()
				defer g.Leave()
			}
			if err := <-served; err != nil || accepted != most || results != most {
				t.Errorf("%v; %d accepted, %d results, want %d", err, accepted, results, most)
			}
		})
	}
}

// What does not pass ends the service of all, each with its line, and is told.
func TestCrowdFailsForGood(t *testing.T) {
	for call, again := range map[string]int{"epoll_create1": 0, "epoll_ctl": 0, "epoll_wait": 1, "accept4": 1} {
		for nth := 0; nth <= again; nth++ {
			synctest.Test(t, func(t *testing.T) {
				k := simkernel.New()
				process := k.Process()
				ln, err := listenBy(process, 0)
				if err != nil {
					t.Fatal(err)
				}
				process.Fail(call, append(make([]error, nth), unix.EBADF)...)
				served, results := make(chan error, 1), 0
				s := &Server{Table: &protocol.Server, Concurrency: 2, Result: func(r Result) error {
					if results++; r.Event != "shutdown" {
						t.Errorf("%+v", r)
					}
					return nil
				}}
				go func() { served <- s.Serve(context.Background(), ln) }()
				synctest.Wait()
				guest, errGuest := k.Guest(ln.Addr())
				synctest.Wait()
				select {
				case err = <-served:
				default:
					t.Fatalf("%s fails, and the server goes on", call)
				}
				var named *os.SyscallError
				if !errors.As(err, &named) || named.Syscall != call || named.Err != unix.EBADF {
					t.Errorf("%s: %v", call, err)
				}
				if errGuest == nil {
					guest.Leave()
				}
				if open, misuses := process.Open(), process.Misuses(); len(open)+len(misuses) > 0 {
					t.Errorf("%s: the descriptors %v are left open; not open was that of %v", call, open, misuses)
				}
				if results != nth { // what had been accepted before
					t.Errorf("%s, call %d: %d results", call, nth+1, results)
				}
			})
		}
	}
}

// A listener that somebody else closes ends the service, one that is closed already begins
// none, and no descriptor of another is touched.
func TestCrowdOfAClosedListener(t *testing.T) {
	tried := 0
	for _, early := range []bool{true, false} {
		for _, most := range []uint64{0, 1} {
			for _, closes := range [][]int{{0}, {1}, {1, 0}} {
				tried++
				synctest.Test(t, func(t *testing.T) {
					process := simkernel.New().Process()
					var doors []Listener
					for range 2 {
						ln, err := listenBy(process, 0)
						if err != nil {
							t.Fatal(err)
						}
						doors = append(doors, ln)
					}
					end := func(now bool) {
						for _, door := range closes {
							if now {
								doors[door].Close()
							}
						}
					}
					end(early)
					served := make(chan error, 1)
					go func() {
						served <- (&Server{Table: &protocol.Server, Concurrency: 2, Most: most}).Serve(context.Background(), joinFast(doors))
					}()
					synctest.Wait()
					end(!early)
					synctest.Wait()
					select {
					case err := <-served:
						var named *os.SyscallError
						if !errors.Is(err, net.ErrClosed) || !errors.As(err, &named) || named.Syscall != "accept4" {
							t.Error(err)
						}
					default:
						t.Fatal("Serve does not return")
					}
					joinFast(doors).Close()
					if open, misuses := process.Open(), process.Misuses(); len(open)+len(misuses) > 0 {
						t.Errorf("early %t, %v: the descriptors %v are left open; not open was that of %v", early, closes, open, misuses)
					}
				})
			}
		}
	}
	require.Ran(t, "servers", tried, 12)
}

// A wait for what may pass ends with the service.
func TestCrowdWaitsForNothingAtShutdown(t *testing.T) {
	for _, drain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			k := simkernel.New()
			process := k.Process()
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			process.Fail("accept4", slices.Repeat([]error{unix.EMFILE}, 20)...)
			s := &Server{Table: &protocol.Server, Concurrency: 2}
			served := make(chan error, 1)
			go func() { served <- s.Serve(ctx, ln) }()
			guest, err := k.Guest(ln.Addr())
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(1500 * time.Millisecond) // within a wait of a second
			if drain {
				s.Drain()
			} else {
				stop()
			}
			synctest.Wait()
			select {
			case err := <-served:
				if err != nil {
					t.Error(err)
				}
			default:
				t.Error("Serve has not returned at once")
			}
			guest.Leave()
			stop()
		})
	}
}
