package cli

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Address is the value of a flag that names an address to listen on. The zero
// value is none.
type Address struct{ netip.AddrPort }

// Set implements pflag.Value. Without a host, or with localhost, the address is
// 127.0.0.1; another name is refused, as what it leads to is for others to say.
// Port 0 lets the system choose one.
func (a *Address) Set(text string) error {
	host, port := "", text
	if strings.Contains(text, ":") {
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return errAddress
		}
	}
	if host == "" || strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, errHost := netip.ParseAddr(host)
	n, errPort := strconv.ParseUint(port, 10, 16)
	if errHost != nil || errPort != nil {
		return errAddress
	}
	a.AddrPort = netip.AddrPortFrom(ip, uint16(n))
	return nil
}

var errAddress = errors.New("it must be an IP address and a port, or a port alone for 127.0.0.1, for example 127.0.0.1:8080 or 8080")

func (a Address) String() string {
	if !a.IsValid() {
		return ""
	}
	return a.AddrPort.String()
}

// Type implements pflag.Value.
func (*Address) Type() string { return "address" }
