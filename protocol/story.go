package protocol

import _ "embed"

// Story is a run of the server that never ends well by itself, found by the model
// checker, as the live page plays it (docs/live.md).
//
//go:embed story.json
var Story []byte
