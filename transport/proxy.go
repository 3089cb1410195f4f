package transport

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"accio/fsm"
	"accio/internal/errno"
)

// Proxy says who sends a header of the PROXY protocol, version 1 or 2, in front of all
// else (docs/protocol.md §6.19). The peer that it names is the Remote of the connection.
type Proxy struct {
	// From has the addresses of the balancers. Whoever else connects is refused.
	From []netip.Prefix
	// Unix says that those who come by a Unix socket are balancers too.
	Unix bool
	// Setting is what From is called where a refusal is told, such as the name of a flag;
	// empty means "Proxy.From".
	Setting string
}

// ProxyError is the Err of a Result whose connection had no header of the PROXY protocol,
// or none that it may have (docs/protocol.md §6.19). Its event is failed, or timedout.
type ProxyError struct {
	// Refused says that the peer is no balancer. Nothing of it was read.
	Refused bool
	// Err is what is wrong with the header, or has come before it was whole: io.EOF,
	// os.ErrDeadlineExceeded, or another error of the connection. It is nil if Refused.
	Err error

	reason, hint string
}

func (e *ProxyError) Error() string { return e.reason }

func (e *ProxyError) Unwrap() error { return e.Err }

// allows reports whether a peer is a balancer.
func (p *Proxy) allows(remote netip.AddrPort) bool {
	if !remote.IsValid() {
		return p.Unix
	}
	peer := remote.Addr().Unmap().WithZone("")
	for _, prefix := range p.From {
		if prefix.Contains(peer) {
			return true
		}
	}
	return false
}

// balancers are From and Unix, as people write them.
func (p *Proxy) balancers() string {
	var all []string
	for _, prefix := range p.From {
		all = append(all, peersOf(prefix))
	}
	if p.Unix {
		all = append(all, "unix")
	}
	return strings.Join(all, ", ")
}

func (p *Proxy) refusal(remote netip.AddrPort) *ProxyError {
	setting, who := p.Setting, "who comes by a Unix socket"
	if setting == "" {
		setting = "Proxy.From"
	}
	if remote.IsValid() {
		who = remote.Addr().String()
	}
	return &ProxyError{Refused: true, reason: fmt.Sprintf("refused: %s is not a balancer of %s", who, setting),
		hint: "that has " + p.balancers() + "; clients have to come through a balancer"}
}

// proxied reads the header of a connection.
type proxied struct {
	*Proxy
	remote netip.AddrPort // the peer of the socket
	text   []byte         // of the header, as much as has come, and what came with it
	named  func(client netip.AddrPort)
}

// header is the preface.
func (h *proxied) header(ctx context.Context, s *session) fsm.Event {
	if ctx.Err() != nil {
		return fsm.Shutdown
	}
	if !h.allows(h.remote) {
		s.end.err = h.refusal(h.remote)
		return fsm.Failed
	}
	for {
		size, right, err := measure(h.text)
		if err == nil && size <= len(h.text) {
			var client netip.AddrPort
			if client, err = parseProxy(h.text[:size]); err == nil {
				s.unread = h.text[size:]
				if client.IsValid() {
					h.named(client)
				}
				return whole
			}
			h.text, right = h.text[:size], size
		}
		if s.end.arrived, s.end.right = h.text, right; err != nil {
			s.end.err = &ProxyError{Err: err, reason: noProxy + proxyWords(err), hint: wantProxy}
			return fsm.Failed
		}
		// What comes with the header is kept for the activities; the rest of a long one is
		// taken alone.
		had, most := len(h.text), max(size, longestV1)
		h.text = slices.Grow(h.text, most-had)
		n, event := s.await(ctx, receive, h.text[had:most])
		h.text = h.text[:had+int(n)]
		switch {
		case event == resting, event == fsm.Shutdown, event == fsm.Aborted:
			return event
		case event != whole:
			s.end.err = h.missing(s, event)
			if event == fsm.Closed {
				return fsm.Failed // the first state may know no end of the stream
			}
			return event
		}
	}
}

const (
	noProxy   = "no PROXY header: "
	wantProxy = `wanted "PROXY TCP4 CLIENT SERVER PORT PORT\r\n", or version 2 of that, first: send-proxy or send-proxy-v2 of HAProxy, proxy_protocol of nginx`
)

// missing is the error of a connection that ended before its header was whole.
func (h *proxied) missing(s *session, event fsm.Event) *ProxyError {
	e := &ProxyError{hint: wantProxy}
	what := ""
	switch {
	case event == fsm.TimedOut:
		e.Err, what = os.ErrDeadlineExceeded, fmt.Sprintf("no data for %s", s.idle)
	case event == fsm.Closed:
		e.Err, what = io.EOF, "the peer closed"
	case errno.IsReset(s.end.err):
		e.Err, what = s.end.err, "the peer reset the connection"
	default:
		e.Err, what = s.end.err, fmt.Sprint(s.end.err)
	}
	if n := len(h.text); n > 0 {
		what += fmt.Sprintf("; %d bytes of it came", n)
	} else if event != fsm.TimedOut {
		e.hint = also("if this is a health check, let it ask the page for /readyz instead", wantProxy)
	}
	e.reason = noProxy + what
	return e
}
