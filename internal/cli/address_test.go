package cli

import "testing"

// An address without a host means loopback.
func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "localhost:8080": "127.0.0.1:8080", "0": "127.0.0.1:0",
		"LOCALHOST:0": "127.0.0.1:0", "LocalHost:8080": "127.0.0.1:8080",
		"127.0.0.1:8080": "127.0.0.1:8080", "0.0.0.0:80": "0.0.0.0:80", "192.0.2.1:65535": "192.0.2.1:65535",
		"[::1]:8080": "[::1]:8080", "[::]:8080": "[::]:8080",
	} {
		var a Address
		if err := a.Set(text); err != nil || a.String() != want {
			t.Errorf("%q: %s, %v", text, a, err)
		}
	}
	for _, text := range []string{
		"", ":", "localhost", "127.0.0.1", "::1", "[::1]", "[::1]8080", "127.0.0.1:", ":http", ":65536", ":-1", ":+1", ": 80",
		"127.0.0.1:8080:1", "host:8080", "example.com:80", "256.0.0.1:80", "http://127.0.0.1:8080", "http://127.0.0.1", "٨٠",
	} {
		var a Address
		if err := a.Set(text); err != errAddress || a.IsValid() || a.String() != "" {
			t.Errorf("%q: %s, %v", text, a, err)
		}
	}
}
