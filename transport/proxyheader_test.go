package transport

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"

	"github.com/pires/go-proxyproto"
)

// v2 is a header of version 2: version and command, family, and what follows the length.
func v2(command, family byte, rest string) string {
	return string(binary.BigEndian.AppendUint16(append([]byte(beginV2), command, family), uint16(len(rest)))) + rest
}

const (
	from4   = "\xcb\x00\x71\x09" // 203.0.113.9
	to4     = "\x0a\x00\x00\x01"
	ports   = "\xc3\xcb\x13\x88" // 50123, 5000
	from6   = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09"
	mapped4 = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff" + from4
	tlvs    = "\x04\x00\x05\x00\x00\x00\x00\x00" + "\x02\x00\x03lab" // NOOP, AUTHORITY
)

var (
	client4 = netip.MustParseAddrPort("203.0.113.9:50123")
	client6 = netip.MustParseAddrPort("[2001:db8::9]:50123")
	nobody  netip.AddrPort
)

// proxyHeaders are whole ones, and whom they name.
var proxyHeaders = []struct {
	text   string
	client netip.AddrPort
}{
	{"PROXY TCP4 203.0.113.9 10.0.0.1 50123 5000\r\n", client4},
	{"PROXY TCP6 2001:db8::9 2001:db8::1 50123 5000\r\n", client6},
	{"PROXY TCP6 ::ffff:203.0.113.9 ::ffff:10.0.0.1 50123 5000\r\n", client4},
	{"PROXY TCP6 2001:db8::9 10.0.0.1 50123 5000\r\n", client6}, // nginx
	{"PROXY TCP4 0.0.0.0 10.0.0.1 0 5000\r\n", netip.MustParseAddrPort("0.0.0.0:0")},
	{"PROXY UNKNOWN\r\n", nobody},
	{"PROXY UNKNOWN " + strings.Repeat("ffff:", 7) + "ffff " + strings.Repeat("ffff:", 7) + "ffff 65535 65535\r\n", nobody}, // the longest
	{v2(0x21, 0x11, from4+to4+ports), client4},
	{v2(0x21, 0x11, from4+to4+ports+tlvs), client4},
	{v2(0x21, 0x21, from6+from6+ports), client6},
	{v2(0x21, 0x21, mapped4+from6+ports), client4},
	{v2(0x21, 0x21, from6+from6+ports+"\x04\x0f\xd9"+strings.Repeat("x", 4057)), client6}, // the longest
	{v2(0x20, 0x00, ""), nobody},
	{v2(0x20, 0x11, from4+to4+ports), nobody}, // LOCAL, whatever else it says
	{v2(0x20, 0x11, ""), nobody},
	{v2(0x20, 0x01, ""), nobody},
	{v2(0x20, 0x77, tlvs), nobody},
	{v2(0x21, 0x00, ""), nobody}, // of a client that HAProxy knows no address of
	{v2(0x21, 0x00, tlvs), nobody},
	{v2(0x21, 0x12, from4+to4+ports), nobody},                       // UDP
	{v2(0x21, 0x31, "/client"+strings.Repeat("\x00", 209)), nobody}, // a Unix socket
}

// A header is known to be whole with its last byte, and not before, whatever follows it.
func TestProxyHeaders(t *testing.T) {
	for _, h := range proxyHeaders {
		for n := range len(h.text) {
			if size, right, err := measure([]byte(h.text[:n])); err != nil || size <= n || size > len(h.text) || right != n {
				t.Errorf("%d bytes of %.40q: %d, %d, %v", n, h.text, size, right, err)
			}
		}
		for _, behind := range []string{"", header, "PROXY", "\r\n"} {
			size, _, err := measure([]byte(h.text + behind))
			if err != nil || size != len(h.text) {
				t.Fatalf("%.40q: %d bytes, %v", h.text, size, err)
			}
		}
		if client, err := parseProxy([]byte(h.text)); err != nil || client != h.client {
			t.Errorf("%.40q: %s, %v; want %s", h.text, client, err, h.client)
		}
	}
}

// wrongProxyHeaders have what is said of them, and how much of them is right.
var wrongProxyHeaders = []struct {
	text, reason string
	right        int
}{
	{"confirm-accio\r\n", "byte 1 is 'c', which fits neither version", 0},
	{"PROXX", "byte 5 is 'X', which fits neither version", 4},
	{"PROXYTCP4", "byte 6 is 'T', which fits neither version", 5},
	{"proxy TCP4 203.0.113.9 10.0.0.1 50123 5000\r\n", "byte 1 is 'p', which fits neither version", 0},
	{"\r\n\r\n\x00\r\nQUIT\r", "byte 12 is CR, which fits neither version", 11},
	{"PROXY TCP4 203.0.113.9 10.0.0.1 50123 5000\n", "bare LF, wanted CR LF", 42},
	{"PROXY UNKNOWN " + strings.Repeat("x", 94), "its line has no CR LF within 107 bytes", 107},
	{"PROXY UNKNOWN " + strings.Repeat("x", 92) + "\r\n", "its line has no CR LF within 107 bytes", 107},
	{"PROXY TCP4 203.0.113.9 10.0.0.1 50123\r\n", "can't read address family or protocol", 39},
	{"PROXY TCP5 203.0.113.9 10.0.0.1 50123 5000\r\n", "can't read address family or protocol", 44},
	{"PROXY TCP4 203.0.113 10.0.0.1 50123 5000\r\n", "invalid address", 42},
	{"PROXY TCP4 2001:db8::9 2001:db8::1 50123 5000\r\n", "invalid address", 47},
	{"PROXY TCP6 fe80::1%\xc3\xa9 2001:db8::1 50123 5000\r\n", "invalid address", 46},
	{"PROXY TCP4 203.0.113.9 10.0.0.1 65536 5000\r\n", "invalid port number", 44},
	{beginV2 + "\x11", "version 1 in the form of version 2", 12},
	{v2(0x22, 0x11, from4+to4+ports), "unsupported proxy protocol version and command", 28},
	{v2(0x21, 0x13, from4+to4+ports), "unsupported address family and protocol", 28},
	{v2(0x21, 0x11, from4+to4), "invalid length", 24},
	{v2(0x21, 0x31, "/client"), "invalid length", 23},
	{beginV2 + "\x21\x11\x10\x01", "4097 bytes of addresses and more, wanted at most 4096", 14},
}

// An error of the library's that is not expected is told all the same.
func TestWordsOfTheLibrary(t *testing.T) {
	if _, _, err := measure([]byte("x")); err == nil || err.Error() != "byte 1 is 'x', which fits neither version" {
		t.Error(err)
	}
	if got := proxyWords(errors.New("proxyproto: whatever")); got != "what it says cannot be read" {
		t.Errorf("%q", got)
	}
}

// Invariant: what comes of a stream depends on its bytes alone and not on how they are
// cut; a header that the library reads is one, with the same peer, and as long as the
// library says; and nothing behind it is taken for a part of it.
func FuzzProxyHeader(f *testing.F) {
	seeds := 0
	for _, h := range proxyHeaders {
		f.Add([]byte(h.text+header+"payload"), []byte{3, 0, 200})
		seeds++
	}
	for _, h := range wrongProxyHeaders {
		f.Add([]byte(h.text), []byte{1})
		seeds++
	}
	ran, good := 0, 0
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		ran++
		whole := playProxied(t, stream, nil)
		if cut := playProxied(t, stream, cuts); cut != whole {
			t.Errorf("%+v in pieces of %d, %+v in one", cut, cuts, whole)
		}
		reader := bytes.NewReader(stream)
		buffered := bufio.NewReaderSize(reader, len(stream))
		h, err := proxyproto.Read(buffered)
		switch {
		case err == nil:
			good++
			used := len(stream) - reader.Len() - buffered.Buffered()
			if whole.size != used || whole.err != "" {
				t.Errorf("%+v, and the library has read %d bytes", whole, used)
			}
			if a, ok := h.SourceAddr.(*net.TCPAddr); ok && h.Command.IsProxy() && (!a.IP.Equal(whole.client.Addr().AsSlice()) || a.Port != int(whole.client.Port())) {
				t.Errorf("%s, and the library says %s", whole.client, a)
			} else if !ok && whole.client.IsValid() {
				t.Errorf("%s, and the library says %v", whole.client, h.SourceAddr)
			}
		case whole.size > 0 && !bytes.HasPrefix(stream, []byte(beginV2+proxyOfUnknown)) && !bytes.HasPrefix(stream, []byte(beginV2+local)):
			t.Errorf("%+v, and the library says %v", whole, err)
		}
	})
	require.Seeds(f, ran, seeds)
	if want := len(proxyHeaders) - 4; ran == seeds && good != want { // but for two of an unknown client, and two that are LOCAL
		f.Errorf("%d of the seeds are read, want %d", good, want)
	}
}

// proxiedOutcome is what a session made of a stream that begins with a header.
type proxiedOutcome struct {
	client netip.AddrPort
	size   int    // of the header; 0: it was none
	err    string // why
	from   fsm.State
	event  fsm.Event
	bytes  int64
}

func playProxied(t *testing.T, stream, cuts []byte) (o proxiedOutcome) {
	conn := &cutScript{explore.NewConn(), bytes.Clone(cuts)}
	conn.Arrive(string(stream))
	conn.End()
	s := &session{table: &protocol.Server, conn: conn, idle: time.Minute, machine: fsm.NewMachine(&protocol.Server, nil)}
	h := &proxied{Proxy: &Proxy{Unix: true}, named: func(client netip.AddrPort) { o.client = client }}
	s.preface = func(ctx context.Context, s *session) fsm.Event {
		event := h.header(ctx, s)
		if event == whole {
			o.size = len(stream) - len(conn.Holds().Queue) - len(s.unread)
		}
		return event
	}
	r := s.conclude(t.Context(), Result{})
	if o.from, o.event, o.bytes = r.From, r.Event, r.Bytes; r.Err != nil {
		o.err = r.Err.Error()
	}
	for _, c := range r.Explanation() {
		if c < ' ' || c > '~' {
			t.Errorf("explanation has a character that may not be printed: %q", r.Explanation())
		}
	}
	return o
}
