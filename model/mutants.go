package model

import (
	"fmt"
	"slices"

	"accio/fsm"
)

// Change is what a mutant does to one cell of a table.
type Change string

// The changes.
const (
	Delete   Change = "delete"   // the transition is missing
	Redirect Change = "redirect" // it leads elsewhere
	Add      Change = "add"      // there is one where there was none
)

// Mutant is a table with one cell changed. It need not be valid.
type Mutant struct {
	Name   string
	Change Change
	Cell   fsm.Transition // what there is now; after Delete, what there was
	Table  *fsm.Table
}

// Mutants returns every table that differs from t in one cell: each transition
// deleted, redirected to each other declared state, and added to each empty
// cell with each state as its target; terminal states are no exception. t is
// not changed.
func Mutants(t *fsm.Table) []Mutant {
	var all []Mutant
	mutate := func(change Change, cell fsm.Transition, transitions []fsm.Transition) {
		table := t.Clone()
		table.Transitions = transitions
		all = append(all, Mutant{fmt.Sprintf("%s %s on %s to %s", change, cell.From, cell.Event, cell.To), change, cell, &table})
	}
	for i, tr := range t.Transitions {
		mutate(Delete, tr, slices.Delete(slices.Clone(t.Transitions), i, i+1))
	}
	for i, tr := range t.Transitions {
		for _, to := range t.States() {
			if to != tr.To {
				changed := slices.Clone(t.Transitions)
				changed[i].To = to
				mutate(Redirect, changed[i], changed)
			}
		}
	}
	for _, from := range t.States() {
		for _, e := range t.Events {
			if _, ok := t.Next(from, e); ok {
				continue
			}
			for _, to := range t.States() {
				tr := fsm.Transition{From: from, Event: e, To: to}
				mutate(Add, tr, append(slices.Clone(t.Transitions), tr))
			}
		}
	}
	return all
}
