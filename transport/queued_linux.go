package transport

import "net"

// queued returns the length of a listening socket's accept queue, which
// TCP_INFO has in place of the segments in flight (net/ipv4/tcp.c, tcp_get_info).
func queued(sys syscalls, fd int) (int, bool) {
	info, err := sys.TCPInfo(fd)
	if err != nil || info.State != listening {
		return 0, false
	}
	return int(info.Unacked), true
}

// listening is TCP_LISTEN of the kernel's enum (include/net/tcp_states.h).
const listening = 10

// Queued implements Queue.
func (l *netListener) Queued() (n int, ok bool) {
	tcp, ok := l.Listener.(*net.TCPListener)
	if !ok {
		return 0, false
	}
	ok = false
	if raw, err := tcp.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { n, ok = queued(kernel{}, int(fd)) })
	}
	return n, ok
}
