package main

import (
	"io"
	"os"
	"syscall"
)

// conn is the client's end, by blocking system calls: that is what costs the
// least between a server's answer and the next request.
type conn struct{ fd int }

func dialOnce(port int) (*conn, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	limit := syscall.NsecToTimeval(int64(clientPatience))
	for _, option := range []int{syscall.SO_RCVTIMEO, syscall.SO_SNDTIMEO} {
		if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, option, &limit); err != nil {
			syscall.Close(fd)
			return nil, os.NewSyscallError("setsockopt", err)
		}
	}
	address := &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	// A connect that was interrupted goes on (connect(2), EINTR), and the next
	// call waits for it.
	_, err = again(func() (int, error) { return 0, syscall.Connect(fd, address) })
	if err != nil && err != syscall.EISCONN {
		syscall.Close(fd)
		return nil, os.NewSyscallError("connect", err)
	}
	return &conn{fd}, nil
}

// Read implements io.Reader.
func (c *conn) Read(p []byte) (int, error) {
	n, err := again(func() (int, error) { return syscall.Read(c.fd, p) })
	switch {
	case err != nil:
		return 0, os.NewSyscallError("read", err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (c *conn) Write(p []byte) (int, error) {
	for done := 0; ; {
		n, err := again(func() (int, error) { return syscall.Write(c.fd, p[done:]) })
		if err != nil {
			return done, os.NewSyscallError("write", err)
		}
		if done += n; done == len(p) {
			return done, nil
		}
	}
}

// sendFile sends the first n bytes of f; the kernel moves them (sendfile(2)).
func (c *conn) sendFile(f *os.File, n int64) error {
	from := int(f.Fd())
	for at := int64(0); at < n; {
		sent, err := again(func() (int, error) { return syscall.Sendfile(c.fd, from, &at, int(n-at)) })
		if err != nil {
			return os.NewSyscallError("sendfile", err)
		}
		if sent == 0 {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

func (c *conn) CloseWrite() error {
	return os.NewSyscallError("shutdown", syscall.Shutdown(c.fd, syscall.SHUT_WR))
}

func (c *conn) Close() error { return syscall.Close(c.fd) }

func again(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
