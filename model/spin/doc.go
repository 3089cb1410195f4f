// Package spin has SPIN, an independent model checker, decide a
// guarded.Program: it needs the commands spin and gcc. Nothing that the
// verifier prints is believed unless it is complete; an exit status of 0 says
// nothing about errors, and neither does "errors: 0" of a search that was cut
// short.
package spin
