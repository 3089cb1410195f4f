package main

import "testing"

// Connections that the limit of descriptors does not allow are left out, and
// that is said.
func TestAllowed(t *testing.T) {
	for _, c := range []struct{ wanted, limit, want int }{
		{10000, 20000, 10000}, {10000, 10000 + busyClients + spareDescriptors, 10000}, {10000, 1024, 1024 - busyClients - spareDescriptors}, {10000, 20, 1},
	} {
		n, note := allowed(c.wanted, c.limit)
		if n != c.want || (note == "") != (n == c.wanted) {
			t.Errorf("%d with a limit of %d: %d, %q", c.wanted, c.limit, n, note)
		}
	}
}

// The clients of the largest workload have addresses of their own.
func TestSource(t *testing.T) {
	seen := map[[4]byte]bool{}
	for i := range busyClients + 10000 {
		seen[source(i)] = true
	}
	if len(seen) != busyClients+10000 {
		t.Errorf("%d addresses", len(seen))
	}
}
