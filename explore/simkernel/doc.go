// Package simkernel is a simulated kernel with as much of Linux's TCP as a
// server sees: deterministic, without a network, on virtual time inside a bubble
// of testing/synctest. Everything that was done arrives at once; nothing is lost
// but to a reset.
//
// A Process makes system calls, with the names of the man pages and the errors of
// Linux; of package net it has a Listener and a Conn on top of them, and Serve
// makes any server of package net's a subject of package explore, a Guest being
// its client. Only Linux has it. That it does what Linux does is checked against
// the real one, over loopback, by TestSimulatedKernelIsLikeTheRealOne of package
// transport and by TestConnIsLikeOneOfPackageNet. Tests import it.
package simkernel
