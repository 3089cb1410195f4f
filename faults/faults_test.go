package faults

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"accio/internal/clitest"
	"accio/internal/require"
	"accio/protocol"
)

// Whatever a network does, each connection has one line: the count of what came
// through and was ended, ERROR for the rest (docs/protocol.md §3).
func TestFaults(t *testing.T) {
	t.Parallel()
	// How many clients come to so many places.
	clients := map[int]int{1: 16 * long(4), 64: 40 * long(4)}
	var lines atomic.Int64
	t.Cleanup(func() {
		require.Ran(t, "connections", int(lines.Load()), len(faults)*len(servers)*(clients[1]+clients[64]))
	})
	require.Ran(t, "faults", len(faults), 34)
	for _, f := range faults {
		for _, s := range servers {
			for places, n := range clients {
				t.Run(fmt.Sprintf("%s/%s/%d", f.name, s.name, places), func(t *testing.T) {
					t.Parallel()
					lines.Add(int64(f.try(t, s.program, places, n)))
				})
			}
		}
	}
}

// line is what the server prints of a connection.
type line struct {
	Remote, State string
	Bytes         *int64
}

// try returns how many connections had a line.
func (f *fault) try(t *testing.T, program string, places, clients int) int {
	t.Helper()
	idle := f.idle
	if idle == "" {
		idle = "1h"
	}
	s := startServer(t, program, idle, places)
	n := newNetwork(t, s.port, f.toxics)
	all := f.clients(t, n, clients)
	return f.judge(t, n, all, s.end(t, clients))
}

// clients returns clients that have done what they can.
func (f *fault) clients(t *testing.T, n *network, clients int) []*client {
	t.Helper()
	all := make([]*client, clients)
	var running, halfway sync.WaitGroup
	rest := make(chan struct{})
	for i := range all {
		conn, err := net.DialTCP("tcp4", nil, n.ln.Addr().(*net.TCPAddr))
		clitest.Check(t, err)
		t.Cleanup(func() { conn.Close() })
		c := &client{conn: conn, silent: f.silent, text: header + payload(i*f.bytes/(clients-1))}
		c.eager = f.manner == eager || f.manner == both && i%2 == 1
		if f.later != nil {
			c.eager = true
			c.pause = func() {
				n.of(conn).await(len(header) + (len(c.text)-len(header))/2)
				halfway.Done()
				<-rest
			}
			halfway.Add(1)
		}
		all[i] = c
	}
	for _, c := range all {
		running.Go(func() {
			if err := c.run(); err != nil && f.fate == whole {
				t.Errorf("a client of %d bytes: %v", len(c.text), err)
			}
		})
	}
	halfway.Wait()
	n.add(t, f.later)
	close(rest)
	running.Wait()
	return all
}

// judge compares what was printed with what the network passed on.
func (f *fault) judge(t *testing.T, n *network, all []*client, stdout string) int {
	t.Helper()
	lines := map[string]line{}
	printed := 0
	for text := range strings.Lines(stdout) {
		var l line
		clitest.Check(t, json.Unmarshal([]byte(text), &l))
		lines[l.Remote] = l
		printed++
	}
	if printed != len(all) || len(lines) != len(all) {
		t.Fatalf("%d lines of %d connections, wanted %d of each", printed, len(lines), len(all))
	}
	for i, c := range all {
		link := n.of(c.conn)
		passed, count, good := link.count()
		l, ok := lines[link.server.LocalAddr().String()]
		switch {
		case !ok:
			t.Errorf("client %d has no line", i)
		case good && (l.State != "Done" || l.Bytes == nil || *l.Bytes != count):
			t.Errorf("client %d: %+v, wanted %d bytes", i, l, count)
		case !good && (l.State != "Error" || l.Bytes != nil):
			t.Errorf("client %d: %+v, wanted an error: %d bytes were passed on", i, l, len(passed))
		case good && f.fate == lost:
			t.Errorf("client %d came through, with %d bytes", i, count)
		case f.fate == cut && !good, f.fate == whole && (!good || len(passed) != len(c.text)):
			t.Errorf("client %d: the network passed on %d of %d bytes", i, len(passed), len(c.text))
		case f.passes > 0 && len(passed) > f.passes, f.fate == cut && f.passes > 0 && len(passed) != min(f.passes, len(c.text)):
			t.Errorf("client %d: the network passed on %d bytes, its limit is %d", i, len(passed), f.passes)
		}
		if !strings.HasPrefix(c.text, string(passed)) {
			t.Errorf("client %d: what was passed on is not the beginning of what was sent", i)
		}
		if commands := protocol.Accio + protocol.Accio; !strings.HasPrefix(commands, c.got) {
			t.Errorf("client %d received %q", i, c.got)
		}
	}
	return printed
}
