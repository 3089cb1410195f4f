// Package descriptors ends a program that may open too few file descriptors,
// with ERROR: and exit status 1 (docs/protocol.md §6.8); import it for that. The
// runtime, which needs some as soon as the first file is opened, would die with
// a dump of its goroutines instead (runtime/netpoll_epoll.go, netpollinit).
//
// Go initialises packages in the order of their import paths where no import
// asks for another, so this one, which imports next to nothing, comes before
// those that open files when they are initialised.
package descriptors
