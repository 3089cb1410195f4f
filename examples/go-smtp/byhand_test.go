package gosmtp

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// step is what a client sends, all of it or, if it is empty, the end of its side; and
// the code that it is answered by.
type step struct{ text, code string }

// exchange plays the steps against a real server with such a ReadTimeout, and returns
// the codes.
func exchange(t *testing.T, limit time.Duration, steps []step) (codes []string) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(sink{})
	s.ReadTimeout, s.ErrorLog = limit, log.New(io.Discard, "", 0)
	defer s.Shutdown(context.Background())
	go s.Serve(ln)
	c, err := net.Dial("tcp4", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	answers := bufio.NewScanner(c)
	for i, step := range append([]step{{}}, steps...) {
		switch {
		case i == 0: // the greeting
		case step.text == "":
			err = c.(*net.TCPConn).CloseWrite()
		default:
			_, err = io.WriteString(c, step.text)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i == 0 || step.code != "" {
			if !answers.Scan() {
				return append(codes, "end")
			}
			if line := answers.Text(); len(line) < 4 || line[3] != '-' {
				codes = append(codes, line[:min(3, len(line))])
				break
			}
		}
	}
	return codes
}

// What is found on the simulated machine is so on a real one, by a client that sends
// bytes and reads answers.
func TestByHand(t *testing.T) {
	greeted := []step{{"EHLO a\r\n", "250"}, {"MAIL FROM:<a@a>\r\n", "250"}, {"RCPT TO:<b@b>\r\n", "250"}}
	for name, steps := range map[string][]step{
		"a line feed alone ends a line":                  {{"NOOP\n", "250"}},
		"a second MAIL, with the recipient of the first": append(greeted[:3:3], step{"MAIL FROM:<c@c>\r\n", "250"}, step{"DATA\r\n", "354"}),
		"half a line is a command when time is over":     {{"NOOP", "250"}},
		"and the session goes on":                        {{"NOOP", "250"}, {"QUIT\r\n", "221"}},
		"and when the client has ended its side":         {{"RSET", ""}, {"", "250"}},
	} {
		want := []string{"220"}
		for _, step := range steps {
			if step.code != "" {
				want = append(want, step.code)
			}
		}
		var got []string
		for _, limit := range []time.Duration{200 * time.Millisecond, 2 * time.Second, 10 * time.Second} { // a busy machine needs longer
			if got = exchange(t, limit, steps); slices.Equal(got, want) {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
