package transport

import (
	"net"
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
	// Bind binds to an address of IPv4 or IPv6.
	Bind(fd int, to netip.AddrPort) error
	// BindPath binds to the path of a Unix socket; one that begins with @ is abstract.
	BindPath(fd int, to string) error
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
	if to.Addr().Is4() {
		return unix.Bind(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	}
	at := &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	if zone := to.Addr().Zone(); zone != "" {
		device, err := net.InterfaceByName(zone)
		if err != nil {
			return unix.ENODEV
		}
		at.ZoneId = uint32(device.Index)
	}
	return unix.Bind(fd, at)
}

func (kernel) BindPath(fd int, to string) error { return unix.Bind(fd, &unix.SockaddrUnix{Name: to}) }

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

// addrPort is the zero value for what is neither IPv4 nor IPv6. An IPv4 address that IPv6
// has mapped is itself.
func addrPort(a syscall.Sockaddr) netip.AddrPort {
	switch a := a.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}
