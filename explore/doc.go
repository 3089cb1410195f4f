// Package explore plays sequences of inputs on the code that serves a connection,
// in virtual time: what a client, its network and the person who stops the server
// can do, every word of them up to a length, with something going wrong at every
// point where it could, and holds what is seen against what is expected.
//
// It knows no protocol, opens no socket and needs no table: the inputs and the
// expectation are given. Tests import it, of package transport and of whoever
// writes a server; it has to be called in a bubble of testing/synctest, and makes
// one where it says so.
package explore
