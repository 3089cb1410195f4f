// Package rfc5321 is the receiving side of SMTP (RFC 5321) as a person would play it
// by hand, and what a client can send it: what package explore holds servers against.
// It shares nothing with any server. Tests import it.
package rfc5321

import (
	"regexp"
	"strings"
	"time"

	"accio/explore"
)

// Alphabet is what clients send: each command that there is, in order and out of it,
// whole, in two pieces and several at once; what is none; the text of a message with
// dots; and whatever else can happen to a connection, a silence of the idle limit
// among it.
func Alphabet(idle time.Duration) explore.Alphabet {
	return explore.Alphabet{
		explore.Text("ehlo", "EHLO a.example\r\n"),
		explore.Text("helo", "helo a.example\r\n"),
		explore.Text("mail", "MAIL FROM:<a@a.example>\r\n"),
		explore.Text("null", "MAIL FROM:<>\r\n"), // of a bounce
		explore.Text("rcpt", "RCPT TO:<b@b.example>\r\n"),
		explore.Text("data", "DATA\r\n"),
		explore.Text("dot", ".\r\n"),
		explore.Text("dots", "..\r\n"),
		explore.Text("rset", "RSET\r\n"),
		explore.Text("noop", "NOOP\r\n"),
		explore.Text("quit", "QUIT\r\n"),
		explore.Text("what", "WHAT\r\n"),
		explore.Text("half", "NO"),
		explore.Text("rest", "OP\r\n"),
		explore.Text("lf", "NOOP\n"), // no line: §2.3.8
		explore.Text("all", "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n"),
		explore.Silence("pause", idle-time.Second),
		explore.Silence("silence", idle),
		{Name: "end", What: explore.End},
		{Name: "reset", What: explore.Reset},
		{Name: "stop", What: explore.Stop},
		{Name: "shut", What: explore.Shut},
		{Name: "open", What: explore.Open},
	}
}

// Words calls f for every word of three inputs, and of two behind each of a few that
// lead somewhere, if it cannot go on.
func Words(idle time.Duration, f func(w explore.Word)) {
	letters := map[string]explore.Input{}
	alphabet, expected := Alphabet(idle), Server(idle)
	for _, in := range alphabet {
		letters[in.Name] = in
	}
	whole := func(w explore.Word, maximal bool) {
		if maximal {
			f(w)
		}
	}
	alphabet.Words(expected, 3, whole)
	for _, way := range [][]string{{"ehlo", "mail"}, {"ehlo", "mail", "rcpt"}, {"ehlo", "all"}, {"helo", "null", "rcpt", "data", "dots"}} {
		var w explore.Word
		for _, name := range way {
			w = w.Then(letters[name])
		}
		alphabet.Extend(expected, w, len(way)+2, whole)
	}
}

// Classes is what is seen of a server: the first digit of the code of each answer,
// which says what it means (§4.2.1), a question mark for a line that is none, and
// what it has counted, and whether it has ended.
func Classes(s explore.Seen) explore.Seen {
	var heard strings.Builder
	for line := range strings.Lines(s.Said) {
		if m := answer.FindStringSubmatch(line); m != nil {
			heard.WriteString(m[1])
		} else if !more.MatchString(line) {
			heard.WriteString("?")
		}
	}
	return explore.Seen{Said: heard.String(), Count: s.Count, Ended: s.Ended}
}

var (
	answer = regexp.MustCompile(`^([2-5])\d\d( [^\r\n]*)?\r\n$`)
	more   = regexp.MustCompile(`^[2-5]\d\d-[^\r\n]*\r\n$`)
)

// Server expects what the RFC says of a server that accepts everything that is well
// formed, as classes of answers; where it gives a choice, the first thing it names.
// An answer to a silence or a shutdown (421, §3.8) is not expected.
func Server(idle time.Duration) explore.Expectation {
	return explore.ByHand(func() explore.Machine { return &server{idle: idle, todo: "2"} })
}

type server struct {
	explore.Seen
	idle    time.Duration
	greeted bool // EHLO or HELO was said
	mail    bool // there is a sender
	rcpt    bool // and a recipient
	data    bool // a message comes
	within  bool // a line of it
	size    int64
	quit    bool
	todo    string // answers not written yet
	queue   string
	looked  int // how much of it was seen
	silent  time.Duration
	over    bool // by the client
	lost    bool
	stopped bool
	shut    bool
}

func (s *server) Give(in explore.Input) {
	s.queue += in.Bytes
	s.silent += in.Pause
	switch in.What {
	case explore.End:
		s.over = true
	case explore.Reset:
		s.lost = true
	case explore.Stop:
		s.stopped = true
	case explore.Shut, explore.Open:
		s.shut = in.What == explore.Shut
	}
}

func (s *server) Key() any { return *s }

func (s *server) Settle() explore.Seen {
	for {
		line, rest, whole := strings.Cut(s.queue, "\n")
		switch {
		case s.stopped, s.lost && s.todo != "", s.quit && s.todo == "":
			s.Ended = true
		case s.todo != "" && s.shut:
			s.Ended = s.silent >= s.idle
			return s.Seen
		case s.todo != "":
			s.Said += s.todo
			s.todo = ""
			continue
		case whole:
			s.queue, s.looked, s.silent = rest, 0, 0
			s.line(line)
			continue
		case len(s.queue) > s.looked: // a part of one is no silence
			s.looked, s.silent = len(s.queue), 0
			continue
		case s.over, s.lost, s.silent >= s.idle:
			s.Ended = true
		}
		return s.Seen
	}
}

// line takes one, without its line feed.
func (s *server) line(line string) {
	line, ok := strings.CutSuffix(line, "\r")
	if s.data {
		begun := !s.within
		s.within = !ok // a line feed alone ends no line, §2.3.8
		if ok && begun && line == "." {
			s.data, s.mail, s.rcpt, s.todo = false, false, false, "2"
			s.Count, s.size = s.Count+s.size, 0
			return
		}
		if s.size += int64(len(line + "\n")); ok {
			s.size += int64(len("\r"))
		}
		if begun && strings.HasPrefix(line, ".") { // §4.5.2
			s.size--
		}
		return
	}
	switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); {
	case !ok: // §2.3.8: a line feed alone is no end of a line
		s.todo = "5"
	case verb == "EHLO" || verb == "HELO": // §4.1.4: as RSET
		s.greeted, s.mail, s.rcpt, s.todo = true, false, false, "2"
	case verb == "RSET":
		s.mail, s.rcpt, s.todo = false, false, "2"
	case verb == "NOOP":
		s.todo = "2"
	case verb == "QUIT":
		s.quit, s.todo = true, "2"
	case verb == "MAIL" && s.greeted && !s.mail: // §4.1.1.2, §4.1.4
		s.mail, s.todo = true, "2"
	case verb == "RCPT" && s.mail:
		s.rcpt, s.todo = true, "2"
	case verb == "DATA" && s.rcpt:
		s.data, s.todo = true, "3"
	default:
		s.todo = "5"
	}
}
