package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"accio/conform"

	"github.com/fatih/color"
)

// Show says which cases are shown with all that is known of them.
type Show string

const (
	ShowFail Show = "fail" // those that failed
	ShowPass Show = "pass" // those that passed too
)

// signs of the verdicts, and their colours.
var signs = map[conform.Verdict]struct {
	sign   string
	colour *color.Color
}{
	conform.Pass:  {"✓", color.New(color.FgGreen)},
	conform.Fail:  {"✗", color.New(color.FgRed)},
	conform.Skip:  {"–", color.New(color.Faint)},
	conform.Flaky: {"≈", color.New(color.FgYellow)},
	conform.XFail: {"✗", color.New(color.Faint)},
	conform.XPass: {"!", color.New(color.FgRed)},
}

// Sign is the mark of a verdict, in its colour where colours are on.
func Sign(v conform.Verdict) string { return signs[v].colour.Sprint(signs[v].sign) }

// Text writes the report for people: a tree by state and event, then what is to
// be said of single cases, and the totals.
func Text(w io.Writer, r *conform.Report, show Show) error {
	p := &printer{w: w}
	p.printf("%s %s\n", r.Subject.Role, color.New(color.Bold).Sprint(name(r.Subject)))
	p.tree(r)
	told := told(r, show)
	for i, c := range told {
		p.printf("\n%d. %s %s  (%s)\n   %s\n", i+1, Sign(c.Verdict), c.ID, c.Level, c.Title)
		for line := range strings.Lines(details(c)) {
			p.printf("   %s", line)
		}
	}
	p.printf("\n%s\n", summary(r))
	return p.err
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(p.w, format, args...); p.err == nil {
		p.err = err
	}
}

// told are the cases with more than a place in the tree, the shortest exchange
// first.
func told(r *conform.Report, show Show) (list []conform.Result) {
	for _, c := range r.Cases {
		if c.Verdict.Bad() || c.Verdict == conform.Flaky || c.Verdict == conform.XFail || show == ShowPass && c.Verdict == conform.Pass {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b conform.Result) int {
		bad := func(r conform.Result) int {
			if r.Verdict.Bad() {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(bad(a), bad(b)), cmp.Compare(len(a.Transcript), len(b.Transcript)))
	})
	return list
}

// tree has a line for each event of a state, and one for each of its cases that
// did not pass.
func (p *printer) tree(r *conform.Report) {
	groups := map[string][]conform.Result{}
	var order []string
	for _, c := range r.Cases {
		g := conform.Group(c.ID)
		if len(groups[g]) == 0 {
			order = append(order, g)
		}
		groups[g] = append(groups[g], c)
	}
	rank := func(group string) (at int) {
		state := strings.Split(group, "/")[1]
		for i, s := range conform.Table(r.Subject.Role).States() {
			if string(s) == state {
				return i
			}
		}
		return 99
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	state := ""
	for _, g := range order {
		parts := strings.Split(g, "/")
		if parts[1] != state {
			state = parts[1]
			p.printf("%s\n", state)
		}
		p.group(strings.Join(parts[2:], ""), groups[g])
	}
}

func (p *printer) group(event string, cases []conform.Result) {
	good, judged, worst := 0, 0, conform.Skip
	for _, c := range cases {
		if c.Verdict != conform.Skip {
			judged++
		}
		if c.Verdict.Good() {
			good++
		}
		if slices.Index(rising, c.Verdict) > slices.Index(rising, worst) {
			worst = c.Verdict
		}
	}
	if event == "" {
		event = "all"
	}
	p.printf("  %s %-11s %d of %d\n", Sign(worst), event, good, judged)
	for _, c := range cases {
		if c.Verdict == conform.Pass {
			continue
		}
		what := c.Title
		if c.Verdict == conform.Skip {
			what += ": " + c.Reason
		}
		p.printf("      %s %s  %s\n", Sign(c.Verdict), c.ID[len(conform.Group(c.ID))+1:], what)
	}
}

// rising has the verdicts from the one that says least.
var rising = []conform.Verdict{conform.Skip, conform.Pass, conform.XFail, conform.Flaky, conform.XPass, conform.Fail}

// Plain is the mark of a verdict without colour; nothing where there is none.
func Plain(v conform.Verdict) string { return signs[v].sign }
