package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"accio/internal/cli"
	"accio/internal/clitest"
	"accio/transport"
)

// A server that does not come to serve leaves no port open, and what the console
// says for itself is in the format of the log.
func TestServerThatDoesNotStart(t *testing.T) {
	for range 10 { // another process may be faster
		port, err := clitest.FreePort()
		clitest.Check(t, err)
		pagePort, err := clitest.FreePort()
		clitest.Check(t, err)
		var page cli.Address
		clitest.Check(t, page.Set(strconv.Itoa(pagePort)))
		c := nobody()
		err = serve(t.Context(), t.Context(), options{port: port, http: page, trace: filepath.Join(t.TempDir(), "nowhere", "trace"), logFormat: "json"}, c)
		if c.format != "json" {
			t.Fatalf("format %q", c.format)
		}
		if errors.Is(err, fs.ErrNotExist) && isFree(port) && isFree(pagePort) {
			return
		}
	}
	t.Error("a port stays open")
}

// isFree reports whether a port can be listened on.
func isFree(port int) bool {
	ln, err := net.Listen("tcp4", ":"+strconv.Itoa(port))
	if err == nil {
		ln.Close()
	}
	return err == nil
}

// Why a port cannot be listened on, and what to do about it if that is known.
func TestCannotListen(t *testing.T) {
	for err, want := range map[error]string{
		&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}:    "bind: address already in use; another program listens there, choose another port",
		&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)}:        "bind: permission denied; ports below 1024 need privileges, choose a higher one",
		&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)}: "bind: cannot assign requested address; this machine has no such address: choose one of its own, or 0.0.0.0 or [::] for all",
		fs.ErrInvalid: "invalid argument",
	} {
		if got := cannotListen("port 1", err); got.Error() != "cannot listen on port 1: "+want {
			t.Errorf("%v, wanted %s", got, want)
		}
	}
}

// Why a Unix socket cannot be listened on: there are no ports.
func TestCannotListenAtAPath(t *testing.T) {
	for _, c := range []struct {
		path string
		err  error
		want string
	}{
		{"a", syscall.EADDRINUSE, "address already in use; a program listens there, or it is another file: choose another path"},
		{"a", syscall.EACCES, "permission denied; the user whom this runs as may not: choose another place, or another user"},
		{"a", syscall.ENOENT, "no such file or directory; its directory is not there, or takes no files: make it, or choose another"},
		{"a", syscall.EINVAL, "invalid argument"},
	} {
		err := cannotListenAt(transport.Address{Path: c.path}, &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", c.err)})
		if want := "cannot listen on unix:" + c.path + ": bind: " + c.want; err.Error() != want || !errors.Is(err, c.err) {
			t.Errorf("%v, wanted %s", err, want)
		}
	}
}

// Each listener beside the first, the page, and whatever else is asked for, take descriptors
// from those of connections.
func TestPlaces(t *testing.T) {
	alone, err := (&options{concurrency: cli.Max}).places(1)
	if err != nil || alone < 1 {
		t.Fatalf("%d, %v", alone, err)
	}
	for _, c := range []struct {
		listeners int
		args      string
		less      int
	}{
		{11, "", 10 * listenerDescriptors},
		{1, "--http 127.0.0.1:0", pageDescriptors},
		{1, "--control c", controlDescriptors},
		{1, "--log-file f", fileDescriptors},
		{1, "--trace t", fileDescriptors},
		{2, "--trace t --log-file f --control c", listenerDescriptors + 2*fileDescriptors + controlDescriptors},
	} {
		o, _, err := parse(append(strings.Fields(c.args), "--concurrency", "max", "5000"))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := o.places(c.listeners); err != nil || n != alone-c.less {
			t.Errorf("%+v: %d of %d, %v", c, n, alone, err)
		}
	}
	if _, err := (&options{concurrency: alone}).places(2); err == nil || !strings.Contains(err.Error(), "raise it by 2,") {
		t.Error(err)
	}
	if n, err := (&options{concurrency: 1}).places(1000000); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
