package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
	"accio/protocol"
)

// activate starts a server as a service manager does that has opened these sockets
// (sd_listen_fds(3)), with more of an environment, and waits until it listens.
func activate(t *testing.T, sockets []*os.File, environment []string, flags ...string) *server {
	t.Helper()
	p := new(clitest.Process)
	cmd := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ exec server-s "$@"`, "sh"}, flags...)...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("LISTEN_FDS=%d", len(sockets)))
	cmd.Env = append(cmd.Env, environment...)
	cmd.ExtraFiles = sockets
	check(t, p.Start(cmd))
	t.Cleanup(p.Kill)
	check(t, p.Stderr.Wait(strings.Repeat(`INFO listening address=\S+\n[^\x00]*`, len(sockets))))
	return &server{Process: p}
}

// shared is a listener of the test's, and what a server gets of it.
func shared(t *testing.T, network, address string) (net.Listener, *os.File) {
	t.Helper()
	ln, err := net.Listen(network, address)
	check(t, err)
	t.Cleanup(func() { ln.Close() })
	f, err := ln.(interface{ File() (*os.File, error) }).File()
	check(t, err)
	t.Cleanup(func() { f.Close() })
	return ln, f
}

// talkTo makes a whole session of n bytes.
func talkTo(network, address string, n int) error {
	c, err := net.DialTimeout(network, address, 10*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	return sessionOn(c, n)
}

// sessionOn makes it on a connection.
func sessionOn(c net.Conn, n int) error {
	c.SetDeadline(time.Now().Add(20 * time.Second))
	for _, text := range []string{protocol.Confirm1, protocol.Confirm2 + strings.Repeat("x", n)} {
		got := make([]byte, len(protocol.Accio))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != protocol.Accio {
			return fmt.Errorf("got %q, %w", got, err)
		}
		if _, err := c.Write([]byte(text)); err != nil {
			return err
		}
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return err
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
		return fmt.Errorf("%d bytes where the end was to come", n)
	}
	return nil
}

// The sockets of a service manager are served, of whatever family, and left to it; and
// what is wrong with them is told (§6.14).
func TestActivation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "s")
	var files []*os.File
	var addresses [][2]string
	for _, at := range [][2]string{{"tcp4", "127.0.0.1:0"}, {"tcp", "[::]:0"}, {"unix", path}} {
		ln, f := shared(t, at[0], at[1])
		files = append(files, f)
		addresses = append(addresses, [2]string{ln.Addr().Network(), ln.Addr().String()})
	}
	for round, flags := range [][]string{nil, {"--concurrency", "2"}} {
		s := activate(t, files, nil, append(flags, "--json")...)
		for i, a := range addresses {
			check(t, talkTo(a[0], a[1], 10*round+i))
		}
		s.signal(t, syscall.SIGTERM)
		s.ends(t, 0)
		for i, remote := range []string{`"127.0.0.1:\d+"`, `"(127.0.0.1|\[::1\]):\d+"`, `"local"`} {
			if !regexp.MustCompile(fmt.Sprintf(`"remote":%s,"state":"Done","bytes":%d,`, remote, 10*round+i)).MatchString(s.Stdout.String()) {
				t.Errorf("no result of %d bytes from %s: %s", 10*round+i, remote, &s.Stdout)
			}
		}
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	check(t, err)
	defer file.Close()
	for _, test := range []struct {
		file   *os.File
		args   string
		status int
		says   string
	}{
		{files[0], "5000", 1, `ERROR: the service manager has opened the sockets \(LISTEN_FDS\): leave out the port and --listen\n`},
		{files[0], "--listen 127.0.0.1:0", 1, `ERROR: the service manager has opened the sockets`},
		{file, "", 1, `ERROR: the socket \S+ of the service manager: `},
	} {
		cmd := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec server-s "$@"`, "sh"}, strings.Fields(test.args)...)...)
		cmd.ExtraFiles = []*os.File{test.file}
		p, err := clitest.Start(cmd)
		check(t, err)
		status, err := p.Wait()
		check(t, err)
		if status != test.status || !regexp.MustCompile(`^`+test.says).MatchString(p.Stderr.String()) {
			t.Errorf("%q: exit status %d, %s", test.args, status, &p.Stderr)
		}
	}
	// Sockets of another process are none of ours.
	p, err := clitest.Start(exec.Command("sh", "-c", `LISTEN_PID=1 LISTEN_FDS=1 exec server-s`))
	check(t, err)
	if status, err := p.Wait(); status != 2 || err != nil {
		t.Errorf("exit status %d, %v: %s", status, err, &p.Stderr)
	}
}

// A server that nobody has come to for so long ends, and who is served is no reason to.
func TestExitOnIdle(t *testing.T) {
	t.Parallel()
	ln, f := shared(t, "tcp4", "127.0.0.1:0")
	s := activate(t, []*os.File{f}, nil, "--exit-on-idle", "4s", "--idle-timeout", "1h", "--concurrency", "2")
	c, err := net.Dial("tcp4", ln.Addr().String())
	check(t, err)
	defer c.Close()
	talk(t, c.(*net.TCPConn), header, ">x", turn)
	check(t, talkTo("tcp4", ln.Addr().String(), 2))
	time.Sleep(5 * time.Second) // the time that is not to end it
	talk(t, c.(*net.TCPConn), "end", "eof")
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "2\n1\n" || !strings.Contains(s.Stderr.String(), "INFO nobody has come: the server ends idle=4s") {
		t.Errorf("standard output %q, standard error %s", got, &s.Stderr)
	}
	next := activate(t, []*os.File{f}, nil, "--exit-on-idle", "1ms")
	next.ends(t, 0)
}

// Whoever waits to be accepted has come, and a server does not end before him (6.13, 9.6).
func TestNobodyIsIdleInTheQueue(t *testing.T) {
	t.Parallel()
	for _, places := range []string{"1", "4"} {
		for network, address := range map[string]string{"tcp4": "127.0.0.1:0", "unix": filepath.Join(clitest.ShortDir(t), "s")} {
			ln, f := shared(t, network, address)
			var waiting []net.Conn
			for range 3 {
				c, err := net.Dial(network, ln.Addr().String())
				check(t, err)
				defer c.Close()
				waiting = append(waiting, c)
			}
			s := activate(t, []*os.File{f}, nil, "--exit-on-idle", "200ms", "--accept-rate", "1", "--concurrency", places)
			for _, c := range waiting {
				check(t, sessionOn(c, 0))
			}
			s.ends(t, 0)
			if got := s.Stdout.String(); got != "0\n0\n0\n" {
				t.Errorf("%s: standard output %q, standard error %s", network, got, &s.Stderr)
			}
		}
	}
}

// Restarts of a server whose sockets are a manager's lose no client: those that connect
// throughout ten of them are all served, each by one of the servers.
func TestRestartsLoseNobody(t *testing.T) {
	t.Parallel()
	const restarts, clients = 10, 4
	for _, places := range []string{"1", "64"} {
		t.Run(places, func(t *testing.T) {
			t.Parallel()
			ln, f := shared(t, "tcp4", "127.0.0.1:0")
			var over atomic.Bool
			var sent atomic.Int64
			var running sync.WaitGroup
			errs := make(chan error, clients)
			for range clients {
				running.Go(func() {
					for n := 1; !over.Load(); n++ {
						if err := talkTo("tcp4", ln.Addr().String(), n%1000); err != nil {
							errs <- err
							return
						}
						sent.Add(1)
					}
				})
			}
			lines, errors := 0, 0
			for round := range restarts + 1 {
				s := activate(t, []*os.File{f}, nil, "--drain", "20s", "--concurrency", places)
				for before, limit := sent.Load(), time.Now().Add(20*time.Second); sent.Load() < before+50 && len(errs) == 0; time.Sleep(time.Millisecond) {
					if time.Now().After(limit) {
						t.Fatalf("server %d serves nobody", round+1)
					}
				}
				if round == restarts {
					over.Store(true)
					running.Wait() // those who wait in the queue too
				}
				s.signal(t, syscall.SIGTERM)
				s.ends(t, 0)
				lines += strings.Count(s.Stdout.String(), "\n")
				errors += strings.Count(s.Stdout.String(), "ERROR")
			}
			close(errs)
			for err := range errs {
				t.Errorf("a client was lost: %v", err)
			}
			if int64(lines) != sent.Load() || errors > 0 {
				t.Errorf("%d lines, of which %d ERROR, for %d clients", lines, errors, sent.Load())
			}
			require.Ran(t, "restarts", restarts, 10)
		})
	}
}

// As systemd does it: the socket is opened by the manager's own program, and the server
// is started by the first client.
func TestSocketActivate(t *testing.T) {
	t.Parallel()
	tool := require.Tool(t, "systemd-socket-activate")
	server, err := exec.LookPath("server-s")
	check(t, err)
	port, err := clitest.FreePort()
	check(t, err)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	p, err := clitest.Start(exec.Command(tool, "-l", address, "-E", "PATH="+os.Getenv("PATH"), server, "--once"))
	check(t, err)
	defer p.Kill()
	check(t, p.Stderr.Wait("Listening on "))
	check(t, talkTo("tcp4", address, 77))
	if status, err := p.Wait(); status != 0 || err != nil || p.Stdout.String() != "77\n" {
		t.Errorf("exit status %d, %v, standard output %q, standard error %s", status, err, &p.Stdout, &p.Stderr)
	}
}
