// Package diagram draws an [fsm.Table]: as a picture, as a Mermaid
// state diagram, as text, as JSON, and one run of it as a Mermaid sequence chart.
// It knows no transition of its own. Anything may import it.
//
// The Mermaid text is meant for versions 11 and 12 and for GitHub.
package diagram
