//go:build !race

// Package racing tells tests whether they run under the race detector.
package racing

// Enabled says that they do.
const Enabled = false
