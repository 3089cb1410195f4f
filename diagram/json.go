package diagram

import (
	"encoding/json"

	"accio/fsm"
)

// JSON returns the table as JSON (docs/table-json.md), for programs that draw
// it themselves.
func JSON(t *fsm.Table) string {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		panic(err) // strings have no error
	}
	return string(text) + "\n"
}
