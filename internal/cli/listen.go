package cli

import (
	"errors"
	"net/netip"
	"strings"
)

// Listen is the value of a flag that names addresses to listen on, once each time that it
// is given: of TCP, or paths of Unix sockets. The zero value is none.
type Listen []ListenAddress

// ListenAddress is an address of TCP, or the path of a Unix socket.
type ListenAddress struct {
	netip.AddrPort
	Path string
}

func (a ListenAddress) String() string {
	if a.Path != "" {
		return "unix:" + a.Path
	}
	return a.AddrPort.String()
}

// Set implements pflag.Value.
func (l *Listen) Set(text string) error {
	path, isPath := strings.CutPrefix(text, "unix:")
	if isPath || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "@") {
		if path == "" || path == "@" {
			return errListen
		}
		if err := fits(path); err != nil {
			return err
		}
		*l = append(*l, ListenAddress{Path: path})
		return nil
	}
	if host, _, ok := strings.Cut(text, ":"); !ok || host == "" {
		return errListen // which of all addresses is not said
	}
	var a Address
	if a.Set(text) != nil {
		return errListen
	}
	*l = append(*l, ListenAddress{AddrPort: a.AddrPort})
	return nil
}

var errListen = errors.New("it must be an IP address and a port, or a path, for example 127.0.0.1:5000, [::]:5000 (IPv4 too), or unix:/run/accio.sock")

func (l Listen) String() string {
	var all []string
	for _, a := range l {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}

// Type implements pflag.Value.
func (*Listen) Type() string { return "address" }
