package diagram

import (
	"strings"

	"accio/fsm"
)

// Markdown returns the table as a Markdown table: a row for each state, a
// column for each event, in the order of the table.
func Markdown(t *fsm.Table) string {
	var b strings.Builder
	b.WriteString(`| from \ event |`)
	for _, e := range allEvents(t) {
		b.WriteString(" " + markdownText(string(e)) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(allEvents(t))) + "\n")
	for _, s := range allStates(t) {
		b.WriteString("| " + markdownText(string(s)) + " |")
		for _, e := range allEvents(t) {
			b.WriteString(" ")
			for _, tr := range t.Transitions {
				if tr.From == s && tr.Event == e {
					b.WriteString(markdownText(string(tr.To)) + " ")
				}
			}
			b.WriteString("|")
		}
		b.WriteString("\n")
	}
	return b.String()
}
