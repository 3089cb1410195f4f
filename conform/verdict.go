package conform

import "time"

// Verdict is what came of a case.
type Verdict string

const (
	Pass  Verdict = "pass"
	Fail  Verdict = "fail"
	Skip  Verdict = "skip"  // not tried; the reason says why
	Flaky Verdict = "flaky" // something did not come in time, and did when the case was tried alone; counts as passed
	XFail Verdict = "xfail" // failed, as was expected
	XPass Verdict = "xpass" // passed, although it was expected to fail; counts as failed
)

// Verdicts are all of them, in the order of reports.
var Verdicts = []Verdict{Pass, Fail, Skip, Flaky, XFail, XPass}

// Good reports whether a case with the verdict has passed.
func (v Verdict) Good() bool { return v == Pass || v == Flaky }

// Bad reports whether it makes the run fail.
func (v Verdict) Bad() bool { return v == Fail || v == XPass }

// Result is a case and what came of it.
type Result struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Claims     []string `json:"claims"`
	Level      Level    `json:"level"`
	Weight     int      `json:"weight"`
	Verdict    Verdict  `json:"verdict"`
	Reason     string   `json:"reason"`             // in one sentence; empty for a pass
	Expected   string   `json:"expected,omitempty"` // of a failure: what should have come,
	Got        string   `json:"got,omitempty"`      // and what did
	Claim      string   `json:"claim,omitempty"`    // the claim that was broken: its number and text
	Hint       string   `json:"hint,omitempty"`     // what the program may have done, and what would be right
	Seconds    float64  `json:"seconds"`            // of the last try
	Tries      int      `json:"tries,omitempty"`    // if more than one
	Transcript []string `json:"transcript,omitempty"`
}

// Schema is the version of [Report] as JSON (docs/conformance.md). Fields may be
// added to it; none changes its meaning.
const Schema = "accio-conform/1"

// Subject is the program under test.
type Subject struct {
	Role    string   `json:"role"`
	Name    string   `json:"name,omitempty"` // of a submission
	Command []string `json:"command,omitempty"`
	Address string   `json:"address,omitempty"` // instead of a command
}

// Report is what came of a run.
type Report struct {
	Schema  string    `json:"schema"`
	Subject Subject   `json:"subject"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Partial string    `json:"partial,omitempty"` // why some cases were not run
	Digest  string    `json:"digest,omitempty"`  // of a submission: of what it was judged by, and of its files
	Cases   []Result  `json:"cases"`
	Totals  Totals    `json:"totals"`
}

// Totals counts verdicts, and the weights of what was judged.
type Totals struct {
	Pass   int `json:"pass"`
	Fail   int `json:"fail"`
	Skip   int `json:"skip"`
	Flaky  int `json:"flaky"`
	XFail  int `json:"xfail"`
	XPass  int `json:"xpass"`
	Score  int `json:"score"`  // the weights of those that passed,
	OutOf  int `json:"out_of"` // and of all that were not skipped
	Missed int `json:"missed"` // cases that a partial run has not come to
}

// Of returns how many cases have a verdict.
func (t Totals) Of(v Verdict) int {
	return map[Verdict]int{Pass: t.Pass, Fail: t.Fail, Skip: t.Skip, Flaky: t.Flaky, XFail: t.XFail, XPass: t.XPass}[v]
}

// Count counts the cases of a report.
func (r *Report) Count() {
	missed := r.Totals.Missed
	r.Totals = Totals{Missed: missed}
	t := &r.Totals
	count := map[Verdict]*int{Pass: &t.Pass, Fail: &t.Fail, Skip: &t.Skip, Flaky: &t.Flaky, XFail: &t.XFail, XPass: &t.XPass}
	for _, c := range r.Cases {
		if n := count[c.Verdict]; n != nil {
			*n++
		}
		if c.Verdict != Skip {
			t.OutOf += c.Weight
		}
		if c.Verdict.Good() || c.Verdict == XPass {
			t.Score += c.Weight
		}
	}
}

// Failed reports whether anything makes the run fail.
func (r *Report) Failed() bool { return r.Totals.Fail+r.Totals.XPass > 0 || r.Partial != "" }
