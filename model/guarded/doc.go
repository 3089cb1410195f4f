// Package guarded describes a system as guarded commands over small numbers:
// a [Rule] whose guard is true may take its step. From one description come a
// system for package modelcheck and a model in Promela, the language of SPIN,
// so that two checkers that share no code explore the same rules.
//
// A description is data. The explored graph is never a source of the Promela.
package guarded
