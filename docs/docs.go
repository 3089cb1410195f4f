// Package docs holds those documents that programs show.
package docs

import _ "embed"

// The pictures of the tables, drawn by "go generate ./...".
var (
	//go:embed state-diagram.svg
	Server string
	//go:embed state-diagram-client.svg
	Client string
	//go:embed state-diagram-narrow.svg
	ServerNarrow string
)
