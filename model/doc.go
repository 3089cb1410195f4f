// Package model is Accio's protocol in the forms that a model checker can
// explore: one end in its environment ([Server], [Chaos]), both ends and what
// is between them ([Pair]), and clients that queue ([Queue]). What a machine
// does comes from its fsm.Table, whatever that says: a broken table is a model
// like any other ([Mutants]).
//
// Each model is a guarded.Program, which runs in package modelcheck and, as
// Promela, in SPIN.
package model

//go:generate go run ./generate ../docs/model-checking.md ../protocol/story.json
