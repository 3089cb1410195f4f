package model

import (
	"fmt"

	"accio/modelcheck"
	"accio/protocol"
)

// Chart is a counterexample, or a witness, drawn for people.
type Chart struct {
	Name    string // of the study and the claim
	Mermaid string // a sequence diagram
	Steps   string // numbered, with the state after each
}

// charted are the claims whose traces tell a story.
var charted = []struct{ study, claim string }{
	{"published", "no_waiting"},
	{"hasty", "both_done"},
	{"faults", "client_knows"},
}

// Charts returns the counterexamples that the documentation shows, from the
// tables as they are.
func Charts() ([]Chart, error) {
	levels := Levels(&protocol.Server, &protocol.Client, 1)
	var charts []Chart
	for _, want := range charted {
		chart := Chart{Name: want.study + "-" + want.claim}
		for _, study := range levels {
			if study.Name != want.study {
				continue
			}
			for i, v := range study.Run(modelcheck.Limit{}).Verdicts {
				if study.Program.Claims[i].Name == want.claim && v.Trace != nil {
					chart.Mermaid, chart.Steps = v.Trace.Mermaid(Draw), v.Trace.String()
				}
			}
		}
		if chart.Mermaid == "" {
			return nil, fmt.Errorf("model: no trace for %s", chart.Name)
		}
		charts = append(charts, chart)
	}
	return charts, nil
}
