package transport

import "strings"

// wanted stands in a hint for the text that was wanted.
const wanted = "$WANTED"

// mistake is one that people make: what to say of it, and whether it was made.
type mistake struct {
	hint string
	made func(*mismatch) bool
}

// mistakes are those that people make (docs/protocol.md §8.7). The first that was
// made is told; those that one byte gives away come after those for which more
// has to be so.
var mistakes = []mistake{
	{"that is UTF-16, two bytes for each character; wanted ASCII, one for each",
		(*mismatch).utf16},
	{"a byte order mark of UTF-8 (ef bb bf) stands before it; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return m.begins("\xef\xbb\xbf") }},
	{"that is TLS; wanted plain TCP",
		func(m *mismatch) bool { return m.begins("\x16\x03") }},
	{"that is HTTP; wanted " + wanted,
		func(m *mismatch) bool {
			return m.begins("HTTP/", "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PRI * HTTP/")
		}},
	{"that is SSH; wanted " + wanted,
		func(m *mismatch) bool { return m.begins("SSH-") }},
	{"b'...' is how Python shows bytes; send the bytes themselves, not their str() or repr()",
		func(m *mismatch) bool { return m.begins("b'", `b"`) }},
	{"send it without quotation marks",
		func(m *mismatch) bool { return m.begins("'", `"`) }},
	{"that is a Java object; send the bytes of the text, without ObjectOutputStream",
		func(m *mismatch) bool { return m.begins("\xac\xed\x00\x05") }},
	{"its length stands before it (Java's writeUTF puts it there); send the text alone",
		(*mismatch).counted},
	{"bare LF, wanted CR LF",
		func(m *mismatch) bool { return m.got() == '\n' && m.wanted() == '\r' }},
	{"CR came twice; where text mode makes CR LF of each LF, send bytes",
		func(m *mismatch) bool { return m.got() == '\r' && m.wanted() == '\n' }},
	{"the empty line is missing; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return m.at >= emptyLine(m.want) }},
	{"0xff begins a telnet command (Ctrl-C in telnet sends some); they are data like any other",
		func(m *mismatch) bool { return strings.HasPrefix(m.arrived[m.at:], "\xff") }},
	{"a NUL byte; the one that ends a string in C is no part of the text: send strlen() bytes, not sizeof",
		func(m *mismatch) bool { return m.got() == 0 }},
	{`a backslash; wanted the bytes CR LF (0d 0a), not the characters \r\n that stand for them in a program`,
		func(m *mismatch) bool { return m.got() == '\\' && (m.wanted() == '\r' || m.wanted() == '\n') }},
	{"that came back as it was sent; the answer to it is " + wanted,
		func(m *mismatch) bool { return m.is(m.sent) }},
	{"that has come already; now comes " + wanted,
		func(m *mismatch) bool { return m.is(m.earlier) }},
	{"that comes later; wanted " + wanted + " first",
		func(m *mismatch) bool { return m.is(m.later) }},
	{"a surplus end of line; nothing may stand before " + wanted,
		func(m *mismatch) bool { return m.at == 0 && (m.got() == '\r' || m.got() == '\n') }},
	{"upper and lower case matter; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return strings.EqualFold(m.arrived[:m.at+1], m.want[:m.at+1]) }},
	{"a blank stands before it; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return m.at == 0 && (m.got() == ' ' || m.got() == '\t') }},
	{"a blank stands after it; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return m.wanted() == '\r' && (m.got() == ' ' || m.got() == '\t') }},
	{"CR LF is missing here; wanted " + wanted + ", exactly",
		func(m *mismatch) bool { return m.wanted() == '\r' }},
}
