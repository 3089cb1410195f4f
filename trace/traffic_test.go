package trace_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/trace"
	"accio/transport"
)

// client is what a client does: sends, waits for a number of bytes, and ends.
type client struct {
	send string
	wait int
	end  func(*net.TCPConn)
}

var (
	closes = func(c *net.TCPConn) { c.CloseWrite(); io.Copy(io.Discard, c) }
	resets = func(c *net.TCPConn) { c.SetLinger(0) }
	waits  = func(c *net.TCPConn) { io.Copy(io.Discard, c) }
)

const (
	command = len(protocol.Accio)
	header  = protocol.Confirm1 + protocol.Confirm2
)

var clients = []client{
	{header + "hello", 2 * command, closes},
	{header, 2 * command, closes},
	{"", command, closes},
	{"nonsense", command, waits},
	{"", command, resets},
	{protocol.Confirm1, 2 * command, closes},
	{protocol.Confirm1 + "nonsense", 2 * command, waits},
	{protocol.Confirm1, 2 * command, resets},
	{header + "hel", 2 * command, waits},
	{"confirm", command, waits},
}

// record returns the trace of real clients that a real server served, over
// TCP; the last of them is there when the server is told to stop. Two of a round
// are silent. On a busy machine the limit may pass for others too: it is tried
// again with a longer one.
func record(t testing.TB, rounds int) string {
	for _, idle := range []time.Duration{200 * time.Millisecond, 2 * time.Second} {
		text := recordWith(t, rounds, idle)
		if strings.Count(text, string(fsm.TimedOut)) == 2*rounds {
			return text
		}
		t.Logf("others than the silent ones were silent for %s; again with a longer limit", idle)
	}
	return recordWith(t, rounds, 10*time.Second)
}

func recordWith(t testing.TB, rounds int, idle time.Duration) string {
	var text bytes.Buffer
	encoder := trace.NewEncoder(&text)
	ended, greeted := make(chan bool, 1), make(chan bool, 1)
	server := &transport.Server{
		Table:       &protocol.Server,
		IdleTimeout: idle,
		Observe: func(tr transport.Transition) {
			encoder.Transition(trace.Transition(tr))
			if tr.From == protocol.SendAccio1 {
				greeted <- true
			}
		},
		Result: func(r transport.Result) error {
			result := "ERROR"
			if r.State == protocol.Done {
				result = strconv.FormatInt(r.Bytes, 10)
			}
			err := encoder.End(trace.End{Connection: r.Connection, Result: result, Bytes: r.Bytes, Since: r.Elapsed})
			ended <- true
			return err
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	connect := func() *net.TCPConn {
		c, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(ln.Addr().Port())})
		if err != nil {
			t.Fatal(err)
		}
		<-greeted
		return c
	}
	for range rounds {
		for _, client := range clients {
			c := connect()
			io.WriteString(c, client.send)
			io.CopyN(io.Discard, c, int64(client.wait))
			client.end(c)
			c.Close()
			<-ended
		}
	}
	c := connect()
	defer c.Close()
	io.CopyN(io.Discard, c, int64(command))
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	return text.String()
}
