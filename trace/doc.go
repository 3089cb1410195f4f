// Package trace writes and checks traces of served connections: files of JSON
// lines, one for each transition and one for the end of each connection
// (docs/trace.md).
//
// [Encoder] writes what server-s --trace writes. [Check] follows such a file
// through a table, any table; it shares nothing with what wrote it but the format.
// Programs import it.
package trace
