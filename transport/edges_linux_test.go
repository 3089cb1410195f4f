package transport

import (
	"testing"

	"accio/explore/simkernel"

	"golang.org/x/sys/unix"
)

// Of a listener that is watched by its edges Linux tells once, when somebody has come or
// it is shut, however long he waits; and so does the simulated kernel.
func TestEdgesOfAListener(t *testing.T) {
	for name, k := range map[string]bothEnds{"simulated": simkernel.New().Process(), "Linux": &realKernel{}} {
		s, err := newSide(k)
		if err != nil {
			t.Fatal(err)
		}
		set, err := k.EpollCreate(unix.EPOLL_CLOEXEC)
		if err != nil {
			t.Fatal(err)
		}
		tells := func(when string, want int) {
			t.Helper()
			events := make([]unix.EpollEvent, 4)
			n, err := k.EpollWait(set, events, want*int(patience.Milliseconds()))
			if n != want || err != nil || want > 0 && events[0].Fd != 7 {
				t.Errorf("%s: %s it tells of %d events (%+v, %v), want %d", name, when, n, events[:n], err, want)
			}
		}
		s.do(step{0, "connect"})
		event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: 7}
		if err := k.EpollCtl(set, unix.EPOLL_CTL_ADD, s.fds[0], &event); err != nil {
			t.Fatal(err)
		}
		tells("with one who came before", 1)
		tells("again", 0)
		s.do(step{0, "connect"})
		tells("with one more", 1)
		tells("again", 0)
		s.do(step{0, "accept"})
		tells("when one of them was accepted", 0)
		event.Events = unix.EPOLLIN
		if err := k.EpollCtl(set, unix.EPOLL_CTL_MOD, s.fds[0], &event); err != nil {
			t.Fatal(err)
		}
		tells("by its level", 1)
		tells("by its level again", 1)
		event.Events |= unix.EPOLLET
		if err := k.EpollCtl(set, unix.EPOLL_CTL_MOD, s.fds[0], &event); err != nil {
			t.Fatal(err)
		}
		tells("by its edges anew", 1)
		s.do(step{0, "shut"})
		tells("when it is shut", 1)
		tells("when it is shut, again", 0)
		k.Close(set)
		s.over()
	}
}
