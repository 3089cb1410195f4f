package diagram

import (
	"fmt"
	"strings"

	"accio/fsm"
)

// Words returns the table in sentences, for those who do not see the picture.
func Words(t *fsm.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "It begins in %s.", visible(string(t.Initial)))
	for _, s := range allStates(t) {
		var parts []string
		for _, e := range edges(t) {
			if e.from == s {
				events := make([]string, len(e.events))
				for i, ev := range e.events {
					events[i] = visible(string(ev))
				}
				parts = append(parts, strings.Join(events, ", ")+" to "+visible(string(e.to)))
			}
		}
		if len(parts) > 0 {
			fmt.Fprintf(&b, " From %s: %s.", visible(string(s)), strings.Join(parts, "; "))
		}
	}
	for _, s := range t.Terminal {
		fmt.Fprintf(&b, " %s is an end.", visible(string(s)))
	}
	return b.String()
}
