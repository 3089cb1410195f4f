// Package mealy learns a Mealy machine from the answers of something that runs:
// a program, a simulation, another machine. It knows no protocol, no socket and
// no clock.
//
// The learner is L# (Vaandrager, Garhewal, Rot, Wißmann: A New Approach for
// Active Automata Learning Based on Apartness, TACAS 2022). What it believes is
// then tested by the words of an HSI suite (Luo, Petrenko, v. Bochmann 1995),
// which finds every machine with up to so many states more, and by random words.
package mealy
