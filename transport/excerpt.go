package transport

import (
	"fmt"
	"strconv"
)

// shown is how many bytes of what has arrived are shown, at most.
const shown = 40

// excerpt shows what was received so that it can be printed anywhere: its text
// and, if a byte is wrong, its bytes, with >> before that one.
func (r *Result) excerpt() string {
	right, wrong := r.Received[:r.Right], r.Received[r.Right:]
	switch {
	case wrong == "":
		return "received " + quote(right)
	case right == "":
		return fmt.Sprintf("received >> %s, hex >> % x", quote(wrong), wrong)
	}
	return fmt.Sprintf("received %s >> %s, hex % x >> % x", quote(right), quote(wrong), right, wrong)
}

// window returns the part of text that is shown around the place at, and where
// in it that is.
func window(text string, at int) (part string, place int) {
	from := max(0, min(at-shown/2, len(text)-shown))
	return text[from:min(len(text), from+shown)], at - from
}

func quote(text string) string { return `"` + Escape(text) + `"` }

// Escape returns the bytes as they stand between the quotation marks of a string
// of Go or Python: printable ASCII, and escapes for each other byte.
func Escape(text string) string {
	var escaped []byte
	for i := range len(text) {
		quoted := strconv.Quote(text[i : i+1]) // a byte that is no ASCII is no UTF-8 by itself
		escaped = append(escaped, quoted[1:len(quoted)-1]...)
	}
	return string(escaped)
}

func byteName(b byte) string {
	switch {
	case b == '\r':
		return "CR"
	case b == '\n':
		return "LF"
	case b < ' ' || b > '~':
		return fmt.Sprintf("0x%02x", b)
	}
	return fmt.Sprintf("%q", b)
}
