// Package learn finds out which machine a program really is: it learns a server or
// a client over TCP (package mealy), with inputs that a transition table suggests,
// and says in which transitions it differs from that table.
package learn
