package browsertest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

// server is a server-s with its page.
type server struct {
	t          *testing.T
	port, page int
	idle       time.Duration
	process    *clitest.Process
}

// serve starts a server, whose idle limit is that.
func serve(t *testing.T, idle time.Duration) *server {
	t.Helper()
	s := &server{t: t, idle: idle}
	for _, port := range []*int{&s.port, &s.page} {
		var err error
		if *port, err = clitest.FreePort(); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	t.Cleanup(func() { s.process.Kill() })
	return s
}

func (s *server) start() {
	s.t.Helper()
	p, err := clitest.Start(exec.Command(serverS, "--idle-timeout", s.idle.String(),
		"--http", fmt.Sprintf("127.0.0.1:%d", s.page), strconv.Itoa(s.port)))
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = p
	if err := p.Stderr.Wait("listening"); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) stop() {
	s.t.Helper()
	s.process.Signal(syscall.SIGTERM)
	if status, err := s.process.Wait(); status != 0 || err != nil {
		s.t.Fatalf("stopped with status %d, %v", status, err)
	}
}

func (s *server) url() string { return fmt.Sprintf("http://127.0.0.1:%d/", s.page) }

// peer is a client that the test plays.
type peer struct {
	t *testing.T
	*net.TCPConn
}

func (s *server) connect() peer {
	s.t.Helper()
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return peer{s.t, c.(*net.TCPConn)}
}

func (p peer) send(text string) {
	p.t.Helper()
	if _, err := p.Write([]byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// session is a good one with so many bytes, without a pause.
func (s *server) session(size int) error {
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write(append([]byte(confirm1+confirm2), make([]byte, size)...)); err != nil {
		return err
	}
	c.(*net.TCPConn).CloseWrite()
	answer := make([]byte, 64)
	for {
		if _, err := c.Read(answer); err != nil {
			return nil
		}
	}
}

const (
	confirm1 = "confirm-accio\r\n"
	confirm2 = "confirm-accio-again\r\n\r\n"
)

// state is what the API says, as far as tests compare it with the page.
type state struct {
	Connections struct{ OK, Error int }
	Bytes       int
	Transitions []struct {
		From, Event, To string
		Count           int
	}
}

func (s *server) state() (st state) {
	s.t.Helper()
	answer, err := http.Get(s.url() + "api/state")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&st); err != nil {
		s.t.Fatal(err)
	}
	return st
}
