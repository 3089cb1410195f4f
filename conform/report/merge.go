package report

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"accio/conform"
)

// ErrConflict is wrapped where reports cannot be one.
var ErrConflict = errors.New("the reports do not belong together")

// Merge makes one report of those of several shards of a run. The cases stand in
// the order of the suite. Two results of one case are an error, and so are
// different subjects.
func Merge(reports []*conform.Report) (*conform.Report, error) {
	if len(reports) == 0 {
		return nil, fmt.Errorf("%w: there is none", ErrConflict)
	}
	first := reports[0]
	merged := &conform.Report{Schema: conform.Schema, Subject: first.Subject, Started: first.Started}
	from := map[string]int{}
	var partial []string
	for i, r := range reports {
		if !reflect.DeepEqual(r.Subject, first.Subject) {
			return nil, fmt.Errorf("%w: %q and %q are different subjects", ErrConflict, name(first.Subject), name(r.Subject))
		}
		for _, c := range r.Cases {
			if k, there := from[c.ID]; there && k != i {
				return nil, fmt.Errorf("%w: %s is in two of them", ErrConflict, c.ID)
			}
			from[c.ID] = i
		}
		merged.Cases = append(merged.Cases, r.Cases...)
		merged.Seconds = max(merged.Seconds, r.Seconds)
		merged.Totals.Missed += r.Totals.Missed
		if r.Started.Before(merged.Started) {
			merged.Started = r.Started
		}
		if r.Partial != "" {
			partial = append(partial, r.Partial)
		}
	}
	merged.Partial = strings.Join(partial, "; ")
	place := map[string]int{}
	for i, c := range conform.Cases(first.Subject.Role) {
		place[c.ID] = i
	}
	slices.SortStableFunc(merged.Cases, func(a, b conform.Result) int { return place[a.ID] - place[b.ID] })
	merged.Count()
	return merged, nil
}
