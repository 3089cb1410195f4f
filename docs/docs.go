// Package docs has what programs quote of the documentation.
package docs

import _ "embed"

// Protocol is the contract, docs/protocol.md.
//
//go:embed protocol.md
var Protocol string
