// Package transport moves the machines of package fsm: it does what their
// states ask for on a connection and tells them how it ended.
//
// One loop serves both ends of the protocol: it performs the activity of the
// machine's state, turns how that ended into one event, fires it, and goes on
// until the machine is terminal. Everything that knows TCP is behind [Conn].
// The package lists no transition and keeps no state beside the machine's.
//
// [Server] serves a listener, one connection at a time; [Client] sends one file.
package transport
