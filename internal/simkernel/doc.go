// Package simkernel is a simulated kernel with as much of Linux's TCP as a
// server of one connection at a time sees: deterministic, without a network,
// on virtual time inside a bubble of testing/synctest. Everything that was
// done arrives at once; nothing is lost but to a reset.
//
// Its calls are those of the man pages, with the errors of Linux. That they
// do what Linux does is checked against the real one, over loopback, by
// TestSimulatedKernelIsLikeTheRealOne of package transport.
package simkernel
