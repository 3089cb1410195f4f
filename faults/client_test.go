package faults

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"accio/protocol"
)

// patience bounds a test that hangs; what it waits for has no deadline else.
const patience = time.Minute

// manner is how clients behave.
type manner int

const (
	both    manner = iota // every other one is eager
	careful               // confirms a command when it has come
	eager                 // sends everything without looking
)

// client sends a payload through a network.
type client struct {
	conn   *net.TCPConn
	eager  bool
	silent bool   // it does not end its stream
	text   string // header and payload
	pause  func() // halfway through the payload; may be nil
	got    string // all that it received
}

// payload has so many bytes, what is in the header among them.
func payload(size int) string {
	return strings.Repeat("\r\n"+protocol.Accio+header, size/len(header)+1)[:size]
}

// run returns when the connection is closed. An error is what a network may do
// to a client; got says what came of it.
func (c *client) run() error {
	c.conn.SetDeadline(time.Now().Add(patience))
	err := c.send()
	if err == nil && !c.silent {
		err = c.conn.CloseWrite()
	}
	rest, end := io.ReadAll(c.conn)
	c.got += string(rest)
	return errors.Join(err, end)
}

func (c *client) send() error {
	left := c.text
	for _, confirmation := range []string{protocol.Confirm1, protocol.Confirm2} {
		if c.eager {
			break
		}
		var command [len(protocol.Accio)]byte
		n, err := io.ReadFull(c.conn, command[:])
		c.got += string(command[:n])
		if err != nil {
			return fmt.Errorf("before %q: %w", confirmation, err)
		}
		if _, err := io.WriteString(c.conn, confirmation); err != nil {
			return err
		}
		left = left[len(confirmation):]
	}
	if c.pause != nil {
		half := len(left) - (len(c.text)-len(header))/2
		if _, err := io.WriteString(c.conn, left[:half]); err != nil {
			return err
		}
		c.pause()
		left = left[half:]
	}
	_, err := io.WriteString(c.conn, left)
	return err
}
