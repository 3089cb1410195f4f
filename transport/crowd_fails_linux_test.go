package transport

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/fsm"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// evening is an hour of a crowd of two places at two doors, in which everything happens that
// asks something of the system, and one call of it fails.
type evening struct {
	process  *simkernel.Process
	accepted int
	results  []Result
	err      error
}

func spend(t *testing.T, call string, nth int, fault error) (e evening) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		k := simkernel.New()
		e.process = k.Process()
		var doors []Listener
		for range 2 {
			ln, err := listenBy(e.process, 0)
			if err != nil {
				t.Fatal(err)
			}
			doors = append(doors, ln)
		}
		if nth > 0 {
			e.process.Fail(call, append(make([]error, nth-1), fault)...)
		}
		s := &Server{
			Table:       &protocol.Server,
			Concurrency: 2,
			Accepted:    func(Result) { e.accepted++ },
			Result:      func(r Result) error { e.results = append(e.results, r); return nil },
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, joinFast(doors)) }()
		synctest.Wait()
		var guests []*simkernel.Guest
		come := func(door int) func(string) {
			g, err := k.Guest(doors[door].Addr())
			synctest.Wait()
			if err != nil { // nobody listens any more
				return func(string) {}
			}
			guests = append(guests, g)
			return func(text string) {
				if text != "" {
					g.Arrive(text)
				} else {
					g.End()
				}
				synctest.Wait()
			}
		}
		first, second := come(0), come(1)
		third, fourth := come(0), come(1) // who wait, the system no longer tells of more
		first(protocol.Confirm1)
		first(protocol.Confirm2 + "abc")
		first("")
		third(header + "four")
		second(protocol.Confirm1[:5])
		third("")
		time.Sleep(DefaultIdleTimeout + time.Second) // too long for the second and the fourth
		synctest.Wait()
		fifth := come(0)
		fifth(header)
		fifth("still here")
		fourth("")
		stop()
		e.err = <-served
		for _, g := range guests {
			g.Leave()
		}
		for _, ln := range doors {
			ln.Close()
		}
	})
	return e
}

// sizes are the counts of the good results.
func (e evening) sizes() (n []int64) {
	for _, r := range e.results {
		if r.Good {
			n = append(n, r.Bytes)
		}
	}
	return n
}

// Whichever call fails, and whenever: it is the end of one connection, which says so, or of
// the service, which says so; everybody accepted has a result, and nothing is left open.
func TestEveryCallOfACrowdThatFails(t *testing.T) {
	good := spend(t, "", 0, nil)
	if fmt.Sprint(good.sizes(), good.accepted, len(good.results), good.err) != "[3 4] 5 5 <nil>" {
		t.Fatalf("without a fault: %+v", good)
	}
	tries, unseen := 0, []string(nil)
	for _, call := range []string{"epoll_create1", "epoll_ctl", "epoll_wait", "accept4", "read", "recvfrom", "write", "close"} {
		for nth := 1; nth <= good.process.Calls(call); nth++ {
			tries++
			e := spend(t, call, nth, unix.EIO)
			of := fmt.Sprintf("%s, call %d", call, nth)
			if e.accepted != len(e.results) {
				t.Errorf("%s: %d accepted, %d results", of, e.accepted, len(e.results))
			}
			if open, misuses := e.process.Open(), e.process.Misuses(); len(open)+len(misuses) > 0 {
				t.Errorf("%s: the descriptors %v are left open; not open was that of %v", of, open, misuses)
			}
			told := 0
			for _, r := range e.results {
				if r.Event == fsm.Failed && names(r.Err, call) {
					told++
				}
			}
			ends := call == "epoll_create1" || call == "epoll_wait" || call == "accept4" || call == "epoll_ctl" && nth <= 3
			switch served := len(e.sizes()); {
			case ends && (!names(e.err, call) || told != 0):
				t.Errorf("%s: Serve: %v; %d results say so too", of, e.err, told)
			case !ends && (e.err != nil || len(e.results) != 5 || told > 1 || served < 2-told):
				t.Errorf("%s: Serve: %v; of %d results %d say so, %d are good", of, e.err, len(e.results), told, served)
			case told == 0 && !ends && call != "close":
				unseen = append(unseen, of)
			}
		}
	}
	// The calls of the wakeup concern nobody.
	if tries < 60 || len(unseen) > 6 {
		t.Errorf("%d tries; nobody was told of %q", tries, unseen)
	}
}

// A signal that interrupts a call changes nothing.
func TestEveryCallOfACrowdIsInterrupted(t *testing.T) {
	good, tries := spend(t, "", 0, nil), 0
	for _, call := range []string{"epoll_wait", "accept4", "read", "recvfrom", "write"} {
		for nth := 1; nth <= good.process.Calls(call); nth++ {
			tries++
			if e := spend(t, call, nth, unix.EINTR); fmt.Sprint(e.sizes(), len(e.results), e.err) != "[3 4] 5 <nil>" {
				t.Errorf("%s, call %d: %+v, %v", call, nth, e.results, e.err)
			}
		}
	}
	if tries < 40 {
		t.Errorf("%d tries", tries)
	}
}

func names(err error, call string) bool {
	var named *os.SyscallError
	return errors.As(err, &named) && named.Syscall == call && named.Err == unix.EIO
}
