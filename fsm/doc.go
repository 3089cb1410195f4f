// Package fsm is the Accio protocol as data, and the machine that runs it.
//
// [Server] and [Client] are the two transition tables. They are the only
// places that list a transition: the programs run them, the diagrams are drawn
// from them, the tests explore them. [Machine] runs a table on
// github.com/looplab/fsm and is fed with one [Event] for each [Activity] that
// has ended.
//
// The package does no I/O, owns no clock and starts no goroutine.
package fsm
