package haproxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accio/protocol"
)

// clients are how many sessions of a load there are at a time: few where other tests run
// at the same time.
var clients = map[bool]int{true: 24, false: 4}[long]

// load is clients that make sessions, one after another, as fast as they go. Session n
// has a size of its own, so that its line is known by the number.
type load struct {
	address string
	kind    func(n int64) int
	running sync.WaitGroup
	next    atomic.Int64
	over    atomic.Bool

	mu       sync.Mutex
	whole    map[int64]bool // sizes of those who sent all and saw the end
	broken   map[int64]error
	mine     int           // whose own fault it was
	turned   int           // how often one was let go before anything had come: it was not served
	tries    map[int64]try // the last of each size
	stranded error
}

// try is a connection of a client.
type try struct {
	port         int
	began, ended time.Time
}

func size(n int64) int64 {
	if n%64 == 0 {
		return 1<<20 + n
	}
	return n
}

// What clients do.
const (
	inTurn = iota // each text when the other's has come
	early         // all at once
	wrong         // a confirmation that is none
)

// mixed is of every kind.
func mixed(n int64) int {
	switch {
	case n%40 == 7:
		return wrong
	case n%5 == 4:
		return early
	}
	return inTurn
}

// polite is what nobody can misunderstand: who sends nothing unasked, and has received
// nothing, was not counted.
func polite(int64) int { return inTurn }

// start starts the clients of a load.
func start(address string, kind func(n int64) int) *load {
	l := &load{address: address, kind: kind, whole: map[int64]bool{}, broken: map[int64]error{}, tries: map[int64]try{}}
	for range clients {
		l.running.Go(func() {
			for !l.over.Load() {
				l.session(l.next.Add(1) - 1)
			}
		})
	}
	return l
}

// reach waits until so many sessions have begun.
func (l *load) reach(t *testing.T, least int64) {
	t.Helper()
	until(t, fmt.Sprintf("%d sessions", least), func() bool { return l.next.Load() >= least || l.over.Load() })
}

// finish waits until least sessions have begun and all have ended.
func (l *load) finish(t *testing.T, least int64) {
	t.Helper()
	l.reach(t, least)
	l.over.Store(true)
	l.running.Wait()
	if l.stranded != nil {
		t.Fatal(l.stranded)
	}
}

// session makes session n, again and again until somebody serves it.
func (l *load) session(n int64) {
	limit := time.Now().Add(patience)
	for {
		one := try{began: time.Now()}
		served, err := one.session(l.address, size(n), l.kind(n))
		one.ended = time.Now()
		l.mu.Lock()
		l.tries[size(n)] = one
		switch {
		case served && err != nil:
			l.broken[size(n)] = err
		case served && l.kind(n) == wrong:
			l.mine++
		case served:
			l.whole[size(n)] = true
		default:
			l.turned++
			if time.Now().After(limit) {
				l.stranded, served = fmt.Errorf("session %d is not served: %w", n, err), true
				l.over.Store(true)
			}
		}
		l.mu.Unlock()
		if served {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// session connects once. Who has received nothing when the connection ends was not
// served, or is to think so.
func (y *try) session(address string, size int64, kind int) (served bool, err error) {
	conn, err := net.DialTimeout("tcp4", address, patience)
	if err != nil {
		return false, err
	}
	c := conn.(*net.TCPConn)
	defer c.Close()
	y.port = c.LocalAddr().(*net.TCPAddr).Port
	c.SetDeadline(time.Now().Add(patience))
	payload := strings.Repeat("x", int(size))
	var sent error
	if kind == early {
		_, sent = io.WriteString(c, protocol.Confirm1+protocol.Confirm2+payload)
		sent = errors.Join(sent, c.CloseWrite())
	}
	for i, text := range []string{protocol.Confirm1, protocol.Confirm2 + payload} {
		got := make([]byte, len(protocol.Accio))
		if n, err := io.ReadFull(c, got); err != nil || string(got) != protocol.Accio {
			return n > 0 || i > 0, fmt.Errorf("received %q, %w", got[:n], err)
		}
		if kind == wrong {
			io.WriteString(c, "confirm-nothing\r\n")
			io.Copy(io.Discard, c)
			return true, nil
		}
		if kind != early {
			_, err := io.WriteString(c, text)
			sent = errors.Join(sent, err)
		}
	}
	if kind == inTurn {
		sent = errors.Join(sent, c.CloseWrite())
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || err != io.EOF || sent != nil {
		return true, fmt.Errorf("%d bytes where the end was to come, %w, %w", n, err, sent)
	}
	return true, nil
}
