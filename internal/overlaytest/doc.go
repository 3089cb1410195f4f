// Package overlaytest is for tests of tests: it puts a fault in the tree, by
// "go test -overlay", which leaves the files as they are, and expects a test to
// fail of it.
package overlaytest
