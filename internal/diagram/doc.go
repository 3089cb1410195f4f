// Package diagram draws an [fsm.Table]: as a Mermaid state diagram, as a
// Markdown table, and as a Mermaid sequence chart of one run. It knows no
// transition of its own.
//
// The Mermaid text is meant for versions 11 and 12 and for GitHub.
package diagram

//go:generate go run ./generate ../../docs/state-diagram.md ../../README.md
