package report

import (
	"encoding/json"
	"io"

	"accio/conform"
)

// result is the results.json of Gradescope's autograder, whose specification
// names the fields.
type result struct {
	Score         float64 `json:"score"`
	ExecutionTime int     `json:"execution_time"`
	Output        string  `json:"output"`
	Visibility    string  `json:"visibility"`
	Tests         []test  `json:"tests"`
}

type test struct {
	Name       string   `json:"name"`
	Number     string   `json:"number"`
	Score      float64  `json:"score"`
	MaxScore   float64  `json:"max_score"`
	Status     string   `json:"status"`
	Output     string   `json:"output"`
	Tags       []string `json:"tags"`
	Visibility string   `json:"visibility"`
}

// Gradescope writes results.json. A skipped case is not among the tests.
func Gradescope(w io.Writer, r *conform.Report) error {
	out := result{Score: float64(r.Totals.Score), ExecutionTime: int(r.Seconds), Output: summary(r), Visibility: "visible", Tests: []test{}}
	for _, c := range r.Cases {
		if c.Verdict == conform.Skip {
			continue
		}
		t := test{Name: c.Title, Number: c.ID, MaxScore: float64(c.Weight), Status: "failed", Tags: []string{string(c.Level)}, Visibility: "visible"}
		if c.Verdict.Good() || c.Verdict == conform.XPass {
			t.Score, t.Status = t.MaxScore, "passed"
		}
		if c.Verdict != conform.Pass {
			t.Output = details(c)
		}
		out.Tests = append(out.Tests, t)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
