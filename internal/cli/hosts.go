package cli

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Hosts is the value of a flag that names hosts, one each time it is given. They
// are in lower case, and addresses as netip writes them.
type Hosts []string

// Set implements pflag.Value.
func (h *Hosts) Set(text string) error {
	if !IsHost(text) {
		return errHost
	}
	if a, err := netip.ParseAddr(text); err == nil {
		text = a.Unmap().String()
	}
	*h = append(*h, strings.ToLower(text))
	slices.Sort(*h)
	*h = slices.Compact(*h)
	return nil
}

var errHost = errors.New("it must be the name of one machine, or an IP address, without a port, for example lab7.example.org or lab7")

// IsHost reports whether text is a host name or an IP address, and nothing more.
func IsHost(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil || len(text) <= 253 && hostName.MatchString(text)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$`)

func (h Hosts) String() string { return strings.Join(h, ", ") }

// Type implements pflag.Value.
func (Hosts) Type() string { return "name" }
