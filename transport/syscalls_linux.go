package transport

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// syscalls are the system calls of the fast path, each as its man page has it:
// what can be different below the fast path is all here. An error is an Errno,
// and comes with n 0.
type syscalls interface {
	Socket(domain, kind, protocol int) (fd int, err error)
	Setsockopt(fd, level, name, value int) error
	// Bind binds to an IPv4 address.
	Bind(fd int, to netip.AddrPort) error
	Listen(fd, backlog int) error
	Getsockname(fd int) (netip.AddrPort, error)
	Accept4(fd, flags int) (conn int, remote netip.AddrPort, err error)
	Read(fd int, p []byte) (n int, err error)
	// Recv is recvfrom(2) with NULL for the buffer of size bytes.
	Recv(fd, size, flags int) (n int, err error)
	Write(fd int, p []byte) (n int, err error)
	Shutdown(fd, how int) error
	Close(fd int) error
	Eventfd(count uint, flags int) (fd int, err error)
	// Ppoll leaves the signal mask alone.
	Ppoll(fds []unix.PollFd, timeout *unix.Timespec) (n int, err error)
	// EpollCreate is epoll_create1(2).
	EpollCreate(flags int) (fd int, err error)
	EpollCtl(epoll, op, fd int, event *unix.EpollEvent) error
	// EpollWait waits so many milliseconds at most; -1 is for ever.
	EpollWait(epoll int, events []unix.EpollEvent, timeout int) (n int, err error)
	// TCPInfo is getsockopt(2) with TCP_INFO.
	TCPInfo(fd int) (*unix.TCPInfo, error)
}

// kernel is the system calls themselves.
type kernel struct{}

func (kernel) Socket(domain, kind, protocol int) (int, error) {
	return none(unix.Socket(domain, kind, protocol))
}

func (kernel) Setsockopt(fd, level, name, value int) error {
	return unix.SetsockoptInt(fd, level, name, value)
}

func (kernel) Bind(fd int, to netip.AddrPort) error {
	return unix.Bind(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
}

func (kernel) Listen(fd, backlog int) error { return unix.Listen(fd, backlog) }

func (kernel) Getsockname(fd int) (netip.AddrPort, error) {
	a, err := syscall.Getsockname(fd)
	return addrPort(a), err
}

// Accept4 is that of package syscall: that of x/sys asks the socket more.
func (kernel) Accept4(fd, flags int) (int, netip.AddrPort, error) {
	conn, a, err := syscall.Accept4(fd, flags)
	return conn, addrPort(a), err
}

func (kernel) Read(fd int, p []byte) (int, error) { return none(unix.Read(fd, p)) }

func (kernel) Recv(fd, size, flags int) (int, error) {
	n, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(fd), 0, uintptr(size), uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (kernel) Write(fd int, p []byte) (int, error) { return none(unix.Write(fd, p)) }

func (kernel) Shutdown(fd, how int) error { return unix.Shutdown(fd, how) }

func (kernel) Close(fd int) error { return unix.Close(fd) }

func (kernel) Eventfd(count uint, flags int) (int, error) { return none(unix.Eventfd(count, flags)) }

func (kernel) Ppoll(fds []unix.PollFd, timeout *unix.Timespec) (int, error) {
	return none(unix.Ppoll(fds, timeout, nil))
}

func (kernel) EpollCreate(flags int) (int, error) { return none(unix.EpollCreate1(flags)) }

func (kernel) EpollCtl(epoll, op, fd int, event *unix.EpollEvent) error {
	return unix.EpollCtl(epoll, op, fd, event)
}

func (kernel) EpollWait(epoll int, events []unix.EpollEvent, timeout int) (int, error) {
	return none(unix.EpollWait(epoll, events, timeout))
}

func (kernel) TCPInfo(fd int) (*unix.TCPInfo, error) {
	return unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
}

// none makes the -1 of an error 0.
func none(n int, err error) (int, error) { return max(n, 0), err }

// addrPort is the zero value for what is not IPv4.
func addrPort(a syscall.Sockaddr) netip.AddrPort {
	a4, ok := a.(*syscall.SockaddrInet4)
	if !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.AddrFrom4(a4.Addr), uint16(a4.Port))
}
