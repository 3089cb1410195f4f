//go:build unix

package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
	"accio/protocol"
)

var (
	check = clitest.Check
	talk  = clitest.MustTalk
	pipe  = clitest.Pipe
)

// startClient starts a client on a connection to the test, and returns both.
func startClient(t *testing.T, stdin *os.File, flags ...string) (*clitest.Process, *net.TCPConn) {
	t.Helper()
	cmd := exec.Command("client-s", flags...)
	cmd.Stdin = stdin
	return startCommand(t, cmd)
}

// startCommand starts a client that has yet to be told its arguments.
func startCommand(t *testing.T, cmd *exec.Cmd) (*clitest.Process, *net.TCPConn) {
	t.Helper()
	return startSending(t, cmd, "127.0.0.1", "-")
}

// startSending is startCommand for another name of this host and another file.
func startSending(t *testing.T, cmd *exec.Cmd, host, file string) (*clitest.Process, *net.TCPConn) {
	t.Helper()
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	check(t, err)
	defer ln.Close()
	cmd.Args = append(cmd.Args, host, strconv.Itoa(ln.Addr().(*net.TCPAddr).Port), file)
	p, err := clitest.Start(cmd)
	check(t, err)
	t.Cleanup(p.Kill)
	ln.SetDeadline(time.Now().Add(clitest.Patience))
	c, err := ln.AcceptTCP()
	check(t, err)
	t.Cleanup(func() { c.Close() })
	return p, c
}

func ends(t *testing.T, p *clitest.Process, want int, log string) {
	t.Helper()
	got, err := p.Wait()
	check(t, err)
	if got != want {
		t.Errorf("exit status %d, wanted %d", got, want)
	}
	check(t, p.Stderr.Wait(log))
}

var header = clitest.Handshake(&protocol.Client)

// A signal ends the session through the event shutdown, also while the file
// has no more to give, and the server receives a reset (docs/protocol.md §7.1, §7.7).
func TestSignalWhileWaitingForStdin(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(sig) {
				t.Skip("ignored by these tests, and so by the client")
			}
			r, w := pipe(t)
			p, c := startClient(t, r)
			talk(t, c, header...)
			_, err := w.WriteString("hello")
			check(t, err)
			talk(t, c, `<hello`)
			check(t, p.Signal(sig))
			ends(t, p, 1, `\AERROR: SendFile: told to stop\n\z`)
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the server received %v, wanted a reset", err)
			}
		})
	}
}

// A client that is to outlive its terminal, as nohup(1) has it, does
// (docs/protocol.md §7.7).
func TestIgnoredHangup(t *testing.T) {
	t.Parallel()
	nohup := require.Tool(t, "nohup")
	r, w := pipe(t)
	cmd := exec.Command(nohup, "client-s")
	cmd.Stdin = r
	p, c := startCommand(t, cmd)
	talk(t, c, header...)
	check(t, p.Signal(syscall.SIGHUP))
	check(t, w.Close())
	talk(t, c, "eof", "close")
	ends(t, p, 0, `\Asent 0 bytes `)
}

// A signal while the server is silent does too.
func TestSignalWhileWaitingForTheServer(t *testing.T) {
	t.Parallel()
	r, _ := pipe(t)
	p, _ := startClient(t, r)
	check(t, p.Signal(syscall.SIGINT))
	ends(t, p, 1, `\AERROR: (AwaitAccio1: told to stop|told to stop before \S+ answered)\n\z`)

	p, c := startClient(t, r)
	talk(t, c, header[:2]...)
	check(t, p.Signal(syscall.SIGINT))
	ends(t, p, 1, `\AERROR: (SendConfirm1|AwaitAccio2): told to stop\n\z`)
}

// A file that is slow is not a silent server: the limit holds for the server
// only (docs/protocol.md §7.4).
func TestSlowStdinIsNotASilentServer(t *testing.T) {
	t.Parallel()
	const timeout = 2 * time.Second
	r, w := pipe(t)
	p, c := startClient(t, r, "--timeout", timeout.String())
	talk(t, c, header...)
	<-time.After(2 * timeout)
	_, err := w.WriteString("slow")
	check(t, err)
	check(t, w.Close())
	talk(t, c, `<slow`, "eof", "close")
	ends(t, p, 0, `\Asent 4 bytes `)
}

// A server that leaves is noticed while the file has nothing to give
// (docs/protocol.md §7.6).
func TestServerLeavesWhileStdinIsSilent(t *testing.T) {
	t.Parallel()
	for step, words := range map[string]string{
		"close": "the server closed before the file was sent",
		"reset": "the server reset the connection; its log says why",
		`>?`:    "the server sent something while it was to receive",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r, _ := pipe(t)
			p, c := startClient(t, r)
			talk(t, c, header...)
			talk(t, c, step)
			ends(t, p, 1, `\AERROR: SendFile: `+words+`\n\z`)
		})
	}
}

// A redirected file is sent from where it stands.
func TestRedirectedFile(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/file")
	check(t, err)
	defer f.Close()
	_, err = f.WriteString("skipped hello")
	check(t, err)
	_, err = f.Seek(8, 0)
	check(t, err)
	p, c := startClient(t, f)
	talk(t, c, header...)
	talk(t, c, `<hello`, "eof", "close")
	ends(t, p, 0, `\Asent 5 bytes `)
}
