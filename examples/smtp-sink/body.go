package main

import (
	"strconv"

	"accio/fsm"
	"accio/transport"
)

// maxSize is how many bytes a message may have (RFC 1870).
const maxSize = 64 << 20

var maxSizeText = strconv.Itoa(maxSize)

// count counts a message and keeps nothing of it: what comes up to a dot between
// two line ends of CR LF, without that dot and without the first of two (RFC 5321
// §4.5.2). A line feed alone ends no line.
func count(s *transport.Stream, _ fsm.Activity) fsm.Event {
	size, begun := 0, true // at the beginning of a line
	var last byte
	for {
		piece, ended := s.Line(longest)
		if ended != "" {
			return ended
		}
		if begun && string(piece) == ".\r\n" {
			break
		}
		size += len(piece)
		if begun && piece[0] == '.' {
			size--
		}
		if n := len(piece); n > 1 { // else the line end may have come in two pieces
			last = piece[n-2]
		}
		begun = last == '\r' && piece[len(piece)-1] == '\n'
		last = piece[len(piece)-1]
	}
	if size > maxSize {
		return "refused"
	}
	s.Count(size)
	return ""
}
