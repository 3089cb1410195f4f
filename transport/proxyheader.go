package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/pires/go-proxyproto"
)

// The parts of a header that say how long it is (proxy-protocol.txt of HAProxy, 2.1 and 2.2).
const (
	beginV1   = "PROXY "
	beginV2   = "\r\n\r\n\x00\r\nQUIT\n"
	longestV1 = 107              // with its CR LF
	fixedV2   = len(beginV2) + 4 // version and command, family, and the length of the rest

	local          = "\x20" // version and command; whatever else it says
	proxyOfUnknown = "\x21\x00"
)

// nginx sends an IPv4 address of its own in a header of TCP6 where the client has IPv6
// and the server has not.
func init() { proxyproto.V1AcceptIPv4InTCP6 = true }

// measure returns how long the header is with which text begins, where that can be known,
// and otherwise how long it is at least, which is more than text. Right are the bytes of
// text in which nothing is wrong. The error is an errProxy.
func measure(text []byte) (size, right int, err error) {
	v1, v2 := common(text, beginV1), common(text, beginV2)
	switch {
	case v2 == len(beginV2):
		return measureV2(text)
	case v1 == len(beginV1):
		return measureV1(text)
	case max(v1, v2) < len(text):
		right = max(v1, v2)
		return 0, right, errProxy(fmt.Sprintf("byte %d is %s, which fits neither version", right+1, byteName(text[right])))
	}
	return len(text) + 1, len(text), nil
}

func measureV1(text []byte) (size, right int, err error) {
	begin, _, ends := bytes.Cut(text[:min(len(text), longestV1)], []byte("\n"))
	switch {
	case !ends && len(begin) == longestV1:
		return 0, longestV1, errProxy(fmt.Sprintf("its line has no CR LF within %d bytes", longestV1))
	case ends && begin[len(begin)-1] != '\r':
		return 0, len(begin), errProxy("bare LF, wanted CR LF")
	}
	return len(begin) + len("\n"), len(text), nil
}

func measureV2(text []byte) (size, right int, err error) {
	if at := len(beginV2); len(text) > at && text[at]>>4 != 2 {
		return 0, at, errProxy(fmt.Sprintf("version %d in the form of version 2", text[at]>>4))
	}
	if len(text) < fixedV2 {
		return fixedV2, len(text), nil
	}
	rest := int(binary.BigEndian.Uint16(text[fixedV2-2:]))
	if most := int(proxyproto.MaxV2HeaderSize); rest > most {
		return 0, fixedV2 - 2, errProxy(fmt.Sprintf("%d bytes of addresses and more, wanted at most %d", rest, most))
	}
	return fixedV2 + rest, len(text), nil
}

// common returns how many bytes both begin with.
func common(text []byte, with string) (n int) {
	for n < min(len(text), len(with)) && text[n] == with[n] {
		n++
	}
	return n
}

// parseProxy returns the peer that a whole header names; the zero value if it names none
// that has an address and port of TCP: that of a connection of the balancer's own, of an
// unknown one, of UDP or of a Unix socket. What else version 2 has (TLVs) is skipped.
func parseProxy(text []byte) (client netip.AddrPort, err error) {
	// What the library refuses of these is to be ignored, or the receiver may choose.
	for _, nobody := range []string{local, proxyOfUnknown} {
		if bytes.HasPrefix(text, []byte(beginV2+nobody)) {
			return netip.AddrPort{}, nil
		}
	}
	h, err := proxyproto.Read(bufio.NewReaderSize(bytes.NewReader(text), len(text)))
	if err != nil {
		return netip.AddrPort{}, err
	}
	source, _, _ := h.TCPAddrs() // nil if they are others
	at := source.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), nil
}

// errProxy is what is wrong with the beginning of a header, in words.
type errProxy string

func (e errProxy) Error() string { return string(e) }

// proxyWords says what is wrong with a header; of an error of the library's, which it is,
// without what that quotes.
func proxyWords(err error) string {
	if own, ok := errors.AsType[errProxy](err); ok {
		return string(own)
	}
	for _, known := range []error{proxyproto.ErrInvalidAddress, proxyproto.ErrInvalidPortNumber, proxyproto.ErrInvalidLength,
		proxyproto.ErrUnsupportedAddressFamilyAndProtocol, proxyproto.ErrUnsupportedProtocolVersionAndCommand,
		proxyproto.ErrCantReadAddressFamilyAndProtocol} {
		if errors.Is(err, known) {
			return strings.TrimPrefix(known.Error(), "proxyproto: ")
		}
	}
	return "what it says cannot be read"
}
