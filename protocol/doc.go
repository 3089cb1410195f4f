// Package protocol is Accio: the two transition tables, the texts, and the hints
// for people whose program does something else (docs/protocol.md).
//
// [Server] and [Client] are the only places that list a transition: the programs
// run them, the diagrams are drawn from them, the model checker explores them.
// It is data alone; what runs it is the packages fsm and transport, which know
// nothing of it. Programs and tests import it, the engine does not.
package protocol

//go:generate go run ./generate ..
