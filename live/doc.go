// Package live shows what a server does while it does it: a page, its stream of
// events, an API and metrics, over HTTP (docs/live.md).
//
// The server tells an [Observer], which only counts; everything else reads that
// from goroutines of its own and is never waited for. Nothing here can change
// anything, neither in the server nor in a connection, and nothing knows the
// protocol: table, title and story are given ([About]). Programs import it.
package live
