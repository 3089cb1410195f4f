package clitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Talk plays one end of a conversation, step by step:
//
//	<text   receive text, exactly
//	>text   send text
//	end     end our side of the stream
//	eof     receive the end of the stream
//	gone    receive anything, until the end of the stream or a reset
//	close   close
//	reset   close so that the peer receives a reset
//
// Text may have escapes as in a Go string.
func Talk(c *net.TCPConn, steps ...string) error {
	for _, step := range steps {
		c.SetDeadline(time.Now().Add(Patience))
		if err := perform(c, step); err != nil {
			return fmt.Errorf("step %s: %w", step, err)
		}
	}
	return nil
}

func perform(c *net.TCPConn, step string) error {
	switch step {
	case "end":
		return c.CloseWrite()
	case "eof":
		return receive(c, "", true)
	case "gone":
		_, err := io.Copy(io.Discard, c)
		if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			return err
		}
		return nil
	case "close":
		return c.Close()
	case "reset":
		c.SetLinger(0)
		return c.Close()
	case "":
		return errors.New("empty")
	}
	text, err := strconv.Unquote(`"` + step[1:] + `"`)
	if err != nil {
		return err
	}
	switch step[0] {
	case '<':
		return receive(c, text, false)
	case '>':
		_, err := io.WriteString(c, text)
		return err
	}
	return errors.New("unknown")
}

// receive receives want, and with end the end of the stream.
func receive(c *net.TCPConn, want string, end bool) error {
	var got bytes.Buffer
	var r io.Reader = c
	if !end {
		r = io.LimitReader(c, int64(len(want)))
	}
	_, err := got.ReadFrom(r)
	if got.String() != want {
		return fmt.Errorf("received %q, wanted %q (%v)", &got, want, err)
	}
	return err
}
