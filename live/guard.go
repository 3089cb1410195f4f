package live

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"accio/internal/cli"
)

// headers are those of every response: the page uses what comes from here, is
// not shown within another, and tells other sites nothing.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
}

// guard lets through what a browser that shows the page asks for, and programs
// that are no browsers. hosts are what the page may be called besides its
// addresses, as cli.Hosts has them.
func guard(bound netip.Addr, hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		switch {
		case !here(r, bound, hosts):
			http.Error(w, elsewhere(r), http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "nothing can be changed here", http.StatusMethodNotAllowed)
		case foreign(r):
			http.Error(w, "not for other sites", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// here reports whether a request names this machine in a way that no name
// server has a say in: by localhost, a loopback address, the address that was
// bound, the one that the request came to, or one of hosts, for which whoever
// started the server vouches. A name that an attacker has made to point here
// (DNS rebinding) is none of them. The port may be any, as it may have been
// forwarded.
func here(r *http.Request, bound netip.Addr, hosts []string) bool {
	host := strings.ToLower(asked(r))
	if host == "localhost" || slices.Contains(hosts, host) {
		return true
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	address = address.Unmap()
	if address.IsLoopback() || address == bound.Unmap() || slices.Contains(hosts, address.String()) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && address == local.AddrPort().Addr().Unmap()
}

// asked returns the host that a request names, without its port.
func asked(r *http.Request) string { return (&url.URL{Host: r.Host}).Hostname() }

// elsewhere says what a request that is not here should have been.
func elsewhere(r *http.Request) string {
	text := "ask for this page by IP address or by localhost"
	if host := asked(r); cli.IsHost(host) {
		return fmt.Sprintf("%s; if %s is a name of this machine, start the server with --http-host %[2]s", text, host)
	}
	return text
}

// foreign reports whether a browser asks on behalf of another site. That a user
// follows a link to here is no harm: the other site learns nothing by it.
func foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}
