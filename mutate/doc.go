// Mutate says how well the tests of a package watch it: it changes one thing
// in the source, runs the tests, and counts how many of such mutants fail them.
// What survives and is no hole is in ledger.txt, with its reason.
//
// A mutant is a file that takes the place of another one for the compiler (go
// test -overlay), so the tree stays as it is. docs/mutation.md tells what is
// changed, what is not, and how to read the ledger.
package main
