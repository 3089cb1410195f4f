package live

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func answer(t *testing.T, bound string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "127.0.0.1:8080"
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8080}
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
	change(r)
	w := httptest.NewRecorder()
	guard(netip.MustParseAddr(bound), []string{"198.51.100.9", "2001:db8::9", "lab7", "lab7.example"}, http.HandlerFunc(healthy)).ServeHTTP(w, r)
	return w
}

// A request must name this machine by an address of its own (DNS rebinding).
func TestHostNames(t *testing.T) {
	for _, test := range []struct {
		bound, host string
		ok          bool
	}{
		{"127.0.0.1", "127.0.0.1:8080", true},
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.1:9999", true}, // forwarded
		{"127.0.0.1", "127.1.2.3:8080", true},
		{"127.0.0.1", "localhost:8080", true},
		{"127.0.0.1", "localhost", true},
		{"127.0.0.1", "[::1]:8080", true},
		{"127.0.0.1", "[::ffff:127.0.0.1]:8080", true},
		{"198.51.100.1", "198.51.100.1:8080", true},
		{"0.0.0.0", "0.0.0.0:8080", true},
		{"0.0.0.0", "192.0.2.7:8080", true}, // where the request came to
		{"0.0.0.0", "192.0.2.8:8080", false},
		{"::", "[::]:8080", true},
		{"127.0.0.1", "0.0.0.0:8080", false},
		{"0.0.0.0", "evil.example:8080", false},
		{"127.0.0.1", "198.51.100.1:8080", false},
		{"127.0.0.1", "lab7.example:8080", true},
		{"0.0.0.0", "LAB7.Example", true},
		{"127.0.0.1", "lab7", true},
		{"127.0.0.1", "198.51.100.9:8080", true},
		{"127.0.0.1", "[2001:DB8:0::9]", true},
		{"127.0.0.1", "[2001:db8::8]", false},
		{"127.0.0.1", "lab7.example.", false},
		{"127.0.0.1", "lab7.example.evil.example", false},
		{"127.0.0.1", "example", false},
		{"127.0.0.1", "lab8", false},
		{"127.0.0.1", "", false},
		{"127.0.0.1", "evil.example:8080", false},
		{"127.0.0.1", "127.0.0.1.evil.example", false},
		{"127.0.0.1", "localhost.evil.example", false},
		{"127.0.0.1", "evil.localhost", false},
		{"127.0.0.1", "localhost.", false},
		{"127.0.0.1", "0x7f000001", false},
		{"127.0.0.1", "2130706433", false},
		{"127.0.0.1", "::1", false},
		{"127.0.0.1", "127.0.0.1@evil.example", false},
	} {
		w := answer(t, test.bound, func(r *http.Request) { r.Host = test.host })
		if got := w.Code == http.StatusOK; got != test.ok || !got && w.Code != http.StatusMisdirectedRequest {
			t.Errorf("bound to %s, asked as %q: %d", test.bound, test.host, w.Code)
		}
	}
}

// A refusal says what would be right; what is no name is not repeated.
func TestRefusedHost(t *testing.T) {
	const text = "ask for this page by IP address or by localhost"
	for host, want := range map[string]string{
		"box.example:8080": text + "; if box.example is a name of this machine, start the server with --http-host box.example\n",
		"192.0.2.99:8080":  text + "; if 192.0.2.99 is a name of this machine, start the server with --http-host 192.0.2.99\n",
		"<b>:8080":         text + "\n",
		"":                 text + "\n",
	} {
		w := answer(t, "127.0.0.1", func(r *http.Request) { r.Host = host })
		if w.Code != http.StatusMisdirectedRequest || w.Body.String() != want {
			t.Errorf("%q: %d, %s", host, w.Code, w.Body)
		}
	}
}

// Other sites get nothing, however their page asks; a link may lead here.
func TestOrigins(t *testing.T) {
	for _, test := range []struct {
		headers string
		ok      bool
	}{
		{"", true},
		{"Origin: http://127.0.0.1:8080", true},
		{"Origin: http://127.0.0.1:8081", false},
		{"Origin: http://127.0.0.1", false},
		{"Origin: https://127.0.0.1:8080", false},
		{"Origin: http://localhost:8080", false},
		{"Origin: http://evil.example", false},
		{"Origin: null", false},
		{"Sec-Fetch-Site: same-origin", true},
		{"Sec-Fetch-Site: none", true},
		{"Sec-Fetch-Site: same-site", false},
		{"Sec-Fetch-Site: cross-site", false},
		{"Sec-Fetch-Site: junk", false},
		{"Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true},
		{"Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: iframe", false},
		{"Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image", false},
		{"Sec-Fetch-Site: same-origin, Origin: http://evil.example", false},
	} {
		w := answer(t, "127.0.0.1", func(r *http.Request) {
			for field := range strings.SplitSeq(test.headers, ", ") {
				if name, value, ok := strings.Cut(field, ": "); ok {
					r.Header.Set(name, value)
				}
			}
		})
		if got := w.Code == http.StatusOK; got != test.ok || !got && w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", test.headers, w.Code)
		}
	}
}

// Nothing but GET and HEAD is answered.
func TestMethods(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get"} {
		w := answer(t, "127.0.0.1", func(r *http.Request) { r.Method = method })
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

// Every answer has the headers, a refusal too.
func TestHeaders(t *testing.T) {
	for _, host := range []string{"localhost", "evil.example"} {
		w := answer(t, "127.0.0.1", func(r *http.Request) { r.Host = host })
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
				"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-store",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s: %q", host, name, got)
			}
		}
		if len(w.Header()) > len(headers)+1 { // Content-Type
			t.Errorf("%s: %v", host, w.Header())
		}
	}
}
