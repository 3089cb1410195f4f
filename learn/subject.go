package learn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"accio/conform"
	"accio/conform/cage"
	"accio/internal/port"
	"accio/mealy"
)

// Subject is the program that is learned.
type Subject struct {
	Command []string
	Limits  cage.Limits
	Env     []string
	Sandbox bool
	Idle    time.Duration // its idle limit
	Settle  time.Duration // how long nothing has to be seen before it is said
}

const (
	patience      = 10 * time.Second // how long what was seen before is waited for
	startPatience = 30 * time.Second // and a program to start
)

// ErrNotStarted is wrapped where the program could not be started, or does not
// listen or connect.
var ErrNotStarted = errors.New("the program could not be started")

// The file that a client is given.
const file = "<the file>\r\n"

// session is one run of the program.
type session struct {
	*Subject
	spec    *spec
	program *cage.Process
	conn    *net.TCPConn
	start   time.Time
	log     []string
	cleanup []func()

	view
	gone     bool // the connection, by us
	expected int  // the count
}

// play runs the program with a word. Of the outputs that known has, each is waited
// for; those behind it are taken when nothing more is seen for the settling time.
// The answer is shorter than the word where the session has ended. The first
// output is what is seen before the first input.
func (s *Subject) play(ctx context.Context, sp *spec, word, known mealy.Word, settle time.Duration) (out mealy.Word, log []string, err error) {
	p := &session{Subject: s, spec: sp, start: time.Now()}
	defer p.close()
	if isClient(sp.table) {
		err = p.beServer(ctx)
	} else {
		err = p.beClient(ctx)
	}
	if err != nil {
		return nil, p.log, err
	}
	go p.receive(p.conn)
	for i := -1; i < len(word); i++ {
		in, want := "", ""
		if i >= 0 {
			in = word[i]
			p.expected = sp.payload(word[:i+1])
		}
		if i+1 < len(known) {
			want = known[i+1]
		}
		p.input(in)
		seen := p.observe(ctx, in, want, sp.says(word[:i+1]), settle)
		if ctx.Err() != nil {
			return nil, p.log, ctx.Err()
		}
		out = append(out, seen)
		if ended(seen) {
			break
		}
	}
	return out, p.log, nil
}

func (p *session) close() {
	for i := len(p.cleanup) - 1; i >= 0; i-- {
		p.cleanup[i]()
	}
}

func (p *session) note(format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf("%8.3f  ", time.Since(p.start).Seconds())+fmt.Sprintf(format, args...))
}

func (p *session) launch(args []string) (err error) {
	p.program, err = cage.Start(cage.Command{Args: args, Env: p.Env, Sandbox: p.Sandbox, Limits: p.Limits})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotStarted, err)
	}
	p.cleanup = append(p.cleanup, func() { p.program.End() })
	p.note("start %s", strings.Join(args, " "))
	return nil
}

// beClient starts the server, and connects.
func (p *session) beClient(ctx context.Context) error {
	n, release, err := port.Reserve()
	if err != nil {
		return err
	}
	p.cleanup = append(p.cleanup, release)
	if err := p.launch(conform.Arguments(p.Command, "{port}", strconv.Itoa(n))); err != nil {
		return err
	}
	for {
		found, known := port.Listening(n)
		if len(found) > 0 || !known {
			break
		}
		if err := p.startup(ctx, "did not listen"); err != nil {
			return err
		}
	}
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(n), patience)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotStarted, err)
	}
	p.own(conn.(*net.TCPConn))
	return nil
}

// startup waits a little for a program that has just been started.
func (p *session) startup(ctx context.Context, what string) error {
	select {
	case <-p.program.Exited():
		text, _, _ := p.program.Stderr.Text()
		return fmt.Errorf("%w: it %s, and ended: %s", ErrNotStarted, what, strings.TrimSpace(text))
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Millisecond):
	}
	if time.Since(p.start) > startPatience {
		return fmt.Errorf("%w: it %s within %s", ErrNotStarted, what, startPatience)
	}
	return nil
}

// beServer starts the client, and takes its connection.
func (p *session) beServer(ctx context.Context) error {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	dir, err := os.MkdirTemp("", "accio-learn-*")
	if err != nil {
		return err
	}
	p.cleanup = append(p.cleanup, func() { os.RemoveAll(dir) })
	name := filepath.Join(dir, "file.bin")
	if err := os.WriteFile(name, []byte(file), 0o644); err != nil {
		return err
	}
	number := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	if err := p.launch(conform.Arguments(p.Command, "{host}", "127.0.0.1", "{port}", number, "{file}", name)); err != nil {
		return err
	}
	for {
		ln.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Millisecond))
		conn, err := ln.Accept()
		if err == nil {
			p.own(conn.(*net.TCPConn))
			return nil
		}
		if err := p.startup(ctx, "did not connect"); err != nil {
			return err
		}
	}
}

func (p *session) own(conn *net.TCPConn) {
	p.conn = conn
	p.cleanup = append(p.cleanup, func() { conn.Close() })
	p.note("connected")
}

// input does what a word says.
func (p *session) input(in string) {
	text, isText := Text(in)
	switch {
	case in == "":
	case isText:
		p.note("→ %s", in)
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write([]byte(text))
	case in == End:
		p.note("→ end of the stream")
		p.conn.CloseWrite()
	case in == Reset:
		p.note("→ reset")
		p.gone = true
		p.conn.SetLinger(0)
		p.conn.Close()
	}
}
