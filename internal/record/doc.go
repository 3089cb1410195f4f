// Package record writes down what sessions go through and how they end, alike
// in both programs: the log that people read, the trace of --trace
// (docs/trace.md) and the JSON line of --json (docs/protocol.md §3.5).
package record
