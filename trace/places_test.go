package trace

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// ofMany is a trace of a server of so many places, of connections that end in that order;
// those with a minus by the shutdown.
func ofMany(places int, order ...int) string {
	var out bytes.Buffer
	e := NewEncoder(&out)
	e.Places(places)
	for _, n := range order {
		c, last := uint64(max(n, -n)), Transition{From: protocol.SendAccio1, Event: fsm.Failed, To: protocol.Error}
		if n < 0 {
			last.Event = fsm.Shutdown
		}
		last.Connection = c
		e.Transition(last)
		if err := e.End(End{Connection: c, Result: ErrorResult}); err != nil {
			panic(err)
		}
	}
	return out.String()
}

// Of a server of some places connections may end in another order than they came, as far
// as there are places; what follows a shutdown was in service then.
func TestRulesOfManyPlaces(t *testing.T) {
	for _, test := range []struct {
		trace string
		want  []string
	}{
		{ofMany(1, 1, 2, 3), nil},
		{ofMany(3, 1, 2, 3), nil},
		{ofMany(3, 3, 2, 1), nil},
		{ofMany(3, 2, 3, 4, 1, 6, 7, 5), nil},
		{ofMany(2, 1, 2, 4, 3), nil},
		{ofMany(3, 4, 1, 2, 3), []string{"2: number: connection 4 begins; allowed: one of the connections up to 3 that has not come yet", "4: number: connection 1 begins; allowed: one of the connections up to 7 that has not come yet",
			"6: number: connection 2 begins; allowed: one of the connections up to 7 that has not come yet", "8: number: connection 3 begins; allowed: one of the connections up to 7 that has not come yet"}},
		{ofMany(2, 2, 4, 1, 3), []string{"4: number: connection 4 begins; allowed: one of the connections up to 3 that has not come yet", "8: number: connection 3 begins; allowed: one of the connections up to 6 that has not come yet"}},
		{ofMany(2, 2), nil},                      // the server was killed while it served connection 1
		{ofMany(3, 3) + ofMany(2, 1, 3, 2), nil}, // what one run lacks the next does not
		{ofMany(3, 2, 2, 1), []string{"4: number: connection 2 begins; allowed: one of the connections up to 4 that has not come yet"}},
		{ofMany(3, 1, -4, -2, -3), nil},
		{ofMany(3, 1, -4, 2, 3, 5), []string{"10: shutdown: connection 5 begins; allowed: the end of the trace, for there was a shutdown in line 4"}},
	} {
		report, err := Check(strings.NewReader(test.trace), &protocol.Server)
		var got []string
		for _, v := range report.Violations {
			got = append(got, fmt.Sprintf("%d: %s", v.Line, v))
		}
		if err != nil || strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%v, got\n%s\nwant\n%s\n%s", err, strings.Join(got, "\n"), strings.Join(test.want, "\n"), test.trace)
		}
	}
}

// A run says how many places it has if there are some, and nothing else may say so.
func TestPlacesOfARun(t *testing.T) {
	end := ofMany(1, 1)
	if strings.Contains(end, "run") {
		t.Errorf("a run of one place has a line: %s", end)
	}
	if text := ofMany(7, 1); strings.Count(text, `,"concurrency":7}`) != 1 || strings.Count(text, `"run":`) != 1 || !strings.HasSuffix(text, end) {
		t.Error(text)
	}
	for text, want := range map[string]string{
		`{"run":"2026-11-22T12:00:00Z","concurrency":0}` + "\n" + end:                                                                     "fields: concurrency is wrong or missing; allowed: run, concurrency, first, instance",
		`{"run":"2026-11-22T12:00:00Z","concurrency":"2"}` + "\n" + end:                                                                   "fields: concurrency is of the wrong kind: string; allowed: " + fieldsOfAny,
		strings.Replace(end, "}", `,"concurrency":2}`, 1):                                                                                 "fields: concurrency may not be here; allowed: " + fieldsOfTransition,
		`{"run":"2026-11-22T12:00:00Z","concurrency":1}` + "\n" + end:                                                                     "",
		`{"run":"2026-11-22T12:00:00Z","concurrency":1}` + "\n" + stopped(3):                                                              "number: connection 3 begins; allowed: connection 1",
		`{"run":"2026-11-22T12:00:00Z","concurrency":1048576}` + "\n" + strings.ReplaceAll(end, `"connection":1`, `"connection":1048576`): "",
		`{"run":"2026-11-22T12:00:00Z","concurrency":1048577}` + "\n" + end:                                                               "fields: concurrency is wrong or missing; allowed: run, concurrency, first, instance",
	} {
		report := check(t, text)
		if want == "" != (len(report.Violations) == 0) || want != "" && report.Violations[0].String() != want {
			t.Errorf("%s: %v, want %s", text, report.Violations, want)
		}
	}
}

// A run that is appended has its places in its one line.
func TestAppendOfManyPlaces(t *testing.T) {
	var out bytes.Buffer
	e := NewEncoder(&out)
	e.Run(time.Now())
	e.Places(2)
	e.End(End{Connection: 1, Result: ErrorResult})
	var alone bytes.Buffer
	e1 := NewEncoder(&alone)
	e1.Run(time.Now())
	e1.Places(1)
	e1.End(End{Connection: 1, Result: ErrorResult})
	e1.Run(time.Now())
	e1.End(End{Connection: 1, Result: ErrorResult})
	if text := alone.String(); strings.Count(text, "run") != 2 || strings.Contains(text, "concurrency") {
		t.Error(text)
	}
	if text := out.String(); strings.Count(text, "run") != 1 || strings.Count(text, `"concurrency":2`) != 1 {
		t.Error(text)
	}
}
