package transport

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// queued returns the length of a listening socket's accept queue, which
// TCP_INFO has in place of the segments in flight (net/ipv4/tcp.c, tcp_get_info).
// Of a Unix socket poll(2) tells only whether there is one.
func queued(sys syscalls, fd int) (int, bool) {
	info, err := sys.TCPInfo(fd)
	switch {
	case err == nil && info.State == listening:
		return int(info.Unacked), true
	case err == nil:
		return 0, false
	}
	ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	sys.Ppoll(ready, new(unix.Timespec))
	return int(ready[0].Revents & unix.POLLIN), false
}

// listening is TCP_LISTEN of the kernel's enum (include/net/tcp_states.h).
const listening = 10

// Queued implements Queue.
func (l *netListener) Queued() (n int, ok bool) {
	if raw, err := l.Listener.(syscall.Conn).SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { n, ok = queued(kernel{}, int(fd)) })
	}
	return n, ok
}
