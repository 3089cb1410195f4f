// Package fsm is one end of a protocol as data, a [Table], and the [Machine] that
// runs it on github.com/looplab/fsm: it is fed with one [Event] for each
// [Activity] that has ended, and refuses those that the table lacks.
//
// It does no I/O, owns no clock, starts no goroutine and knows no protocol: the
// tables of Accio are in package protocol. Anything may import it; of this module
// it imports nothing.
package fsm
