// Package conform tests anybody's server, and anybody's client, against the
// contract (docs/protocol.md), from outside: by what it sends, prints and exits
// with. A case belongs to a transition of a table, or to none, as its id says.
//
// It is fair: what must not happen is proven by what happened, and what must
// happen is waited for with margins. A case that fails as something did not come
// in time is tried again alone, with twice the patience, before it counts.
package conform

//go:generate go run ./generate ../docs/conformance-cases.md
