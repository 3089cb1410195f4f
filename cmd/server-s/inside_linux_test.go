package main

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"

	"golang.org/x/sys/unix"
)

// insiders are threads of a server that do what a test tells them, by the descriptors from
// 3 on. They run before main does, and stand in read(2).
const insiders = 3

func init() {
	if os.Getenv("ACCIO_INSIDE") == "" {
		return
	}
	for i := range insiders {
		go func() {
			runtime.LockOSThread()
			told := make([]byte, 4096)
			for {
				n, err := unix.Read(3+i, told)
				if err == unix.EINTR {
					continue
				}
				if n <= 0 || err != nil {
					return
				}
				unix.Write(3+i, strconv.AppendInt(nil, int64(attempt(strings.Fields(string(told[:n])))), 10))
			}
		}()
	}
}

// attempt does something with a file, an address or a process, and returns the error of the
// system; 0 is none.
func attempt(words []string) syscall.Errno {
	verb, what := words[0], words[1]
	opened := func(flags int) error {
		fd, err := unix.Open(what, flags|unix.O_CLOEXEC, 0o600)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
	socket := func(family int, use func(fd int) error) error {
		fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return use(fd)
	}
	var err error
	switch verb {
	case "read":
		err = opened(unix.O_RDONLY)
	case "write":
		err = opened(unix.O_WRONLY)
	case "create":
		err = opened(unix.O_WRONLY | unix.O_CREAT)
	case "truncate":
		err = unix.Truncate(what, 0)
	case "remove":
		err = unix.Unlink(what)
	case "rename":
		err = unix.Rename(what, words[2])
	case "mkdir":
		err = unix.Mkdir(what, 0o700)
	case "execute":
		var pid int
		if pid, err = syscall.ForkExec(what, []string{what}, new(syscall.ProcAttr)); err == nil {
			_, err = unix.Wait4(pid, nil, 0, nil)
		}
	case "signal":
		pid, _ := strconv.Atoi(what)
		err = unix.Kill(pid, 0)
	case "connect", "bind":
		at := netip.MustParseAddrPort(what)
		address := &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
		err = socket(unix.AF_INET, func(fd int) error {
			if verb == "bind" {
				return unix.Bind(fd, address)
			}
			return unix.Connect(fd, address)
		})
	case "dial":
		err = socket(unix.AF_UNIX, func(fd int) error { return unix.Connect(fd, &unix.SockaddrUnix{Name: what}) })
	default:
		err = unix.ENOTSUP
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	return 0
}

// infiltrated is a server in which its insiders can be told what to do.
type infiltrated struct {
	*server
	tells []*os.File
}

func infiltrate(t *testing.T, flags ...string) *infiltrated {
	t.Helper()
	s := new(infiltrated)
	var theirs []*os.File
	for range insiders {
		ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
		check(t, err)
		check(t, unix.SetsockoptTimeval(ends[0], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 20}))
		s.tells = append(s.tells, os.NewFile(uintptr(ends[0]), "ours"))
		theirs = append(theirs, os.NewFile(uintptr(ends[1]), "theirs"))
	}
	t.Cleanup(func() {
		for _, f := range s.tells {
			f.Close()
		}
	})
	s.server = startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) {
		cmd.Env, cmd.ExtraFiles = append(os.Environ(), "ACCIO_INSIDE=1", "TZ=Asia/Tokyo"), theirs
	}, flags...)
	for _, f := range theirs {
		f.Close()
	}
	return s
}

// does has one of the insiders do something, and returns the error of the system.
func (s *infiltrated) does(t *testing.T, insider int, what string) syscall.Errno {
	t.Helper()
	_, err := s.tells[insider].WriteString(what)
	check(t, err)
	answer := make([]byte, 20)
	n, err := s.tells[insider].Read(answer)
	check(t, err)
	errno, err := strconv.Atoi(string(answer[:n]))
	check(t, err)
	return syscall.Errno(errno)
}

// foreign are things of other processes that a server has no business with.
type foreign struct{ dir, tcp, path, abstract string }

func foreignThings(t *testing.T) (f foreign) {
	t.Helper()
	f.dir = clitest.ShortDir(t)
	f.path, f.abstract = f.dir+"/socket", "@"+f.dir
	for _, at := range []struct {
		network, address string
		to               *string
	}{{"tcp4", "127.0.0.1:0", &f.tcp}, {"unix", f.path, &f.path}, {"unix", f.abstract, &f.abstract}} {
		ln, err := net.Listen(at.network, at.address)
		check(t, err)
		t.Cleanup(func() { ln.Close() })
		*at.to = ln.Addr().String()
	}
	return f
}
