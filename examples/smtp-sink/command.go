package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"accio/fsm"
	"accio/transport"
)

// longest is what a command line may have, its end included: 512 bytes (RFC 5321
// §4.5.3.1.4) and the parameters of MAIL.
const longest = 1024

// forms are what commands look like behind their name.
var forms = map[string]*regexp.Regexp{
	"HELO": regexp.MustCompile(`^ +\S+ *$`),
	"EHLO": regexp.MustCompile(`^ +\S+ *$`),
	"MAIL": regexp.MustCompile(`(?i)^ +FROM: ?<[^<>]*>( +[A-Z0-9][A-Z0-9-]*(=[!-~]+)?)*$`),
	"RCPT": regexp.MustCompile(`(?i)^ +TO: ?<[^<>]+>( +[A-Z0-9][A-Z0-9-]*(=[!-~]+)?)*$`),
	"DATA": regexp.MustCompile(`^ *$`),
	"RSET": regexp.MustCompile(`^ *$`),
	"QUIT": regexp.MustCompile(`^ *$`),
	"NOOP": regexp.MustCompile(`^( .*)?$`),
	"VRFY": regexp.MustCompile(`^ +\S`),
}

// listen reads commands until one comes that the table has in this state, and
// answers the others itself.
func listen(s *transport.Stream, a fsm.Activity) fsm.Event {
	for {
		line, ended := wholeLine(s)
		if ended != "" {
			return ended
		}
		event, answer := understand(line, a.State)
		if answer == "" {
			return event
		}
		if ended := s.Write([]byte(answer + "\r\n")); ended != "" {
			return ended
		}
	}
}

// wholeLine returns a line without its end, or nil for one that is too long or
// ends in a line feed alone.
func wholeLine(s *transport.Stream) (line []byte, ended fsm.Event) {
	tooLong := false
	for {
		line, ended = s.Line(longest)
		if ended != "" {
			return nil, ended
		}
		if bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		tooLong = true
	}
	line, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || tooLong {
		return nil, ""
	}
	return line, ""
}

// understand returns the event that a command is, or the answer to one that is
// none here.
func understand(line []byte, state fsm.State) (event fsm.Event, answer string) {
	if line == nil {
		return "", "500 5.5.2 a line is too long, or does not end in CR LF"
	}
	name := strings.ToUpper(string(line[:min(4, len(line))]))
	event = fsm.Event(strings.ToLower(name))
	switch form := forms[name]; {
	case form == nil:
		return "", "500 5.5.1 no such command"
	case !form.Match(line[len(name):]):
		return "", "501 5.5.4 that is not what " + name + " looks like"
	case name == "NOOP":
		return "", "250 2.0.0 ok"
	case name == "VRFY":
		return "", "252 2.1.5 it is counted, whoever that is"
	case !slices.Contains(sink.Possible(state), event):
		return "", "503 5.5.1 not now"
	}
	return event, ""
}
