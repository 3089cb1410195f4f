// Package transport moves the machines of package fsm: it does what their
// states ask for on a connection and tells them how it ended.
//
// One loop serves both ends of a protocol: it performs the activity of the
// machine's state, turns how that ended into one event, fires it, and goes on
// until the machine is terminal. Everything that knows TCP is behind [Conn].
// [Server] serves a listener, one connection at a time; [Client] sends one file.
//
// The package lists no transition, keeps no state beside the machine's and knows
// no protocol: what is said and done comes from the table, what people are told
// from the table's hints and from the bytes. Programs import it.
package transport
