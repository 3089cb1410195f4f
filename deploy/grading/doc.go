// Package grading has recipes for grading many submissions with engines that
// exist (docs/conformance.md); its tests run those that can be run anywhere.
package grading
