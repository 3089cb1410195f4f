package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"accio/conform"
	"accio/diagram"
	"accio/fsm"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"sign":  func(v conform.Verdict) string { return signs[v].sign },
	"lines": lines,
	"edge":  func(id string) string { return strings.Join(strings.Split(id, "/")[1:3], " ") },
}).Parse(page))

// HTML writes one page that needs nothing else: the diagram with every event that
// has cases in green or red, and the cases, of which a click on an event leaves
// those that belong to it.
func HTML(w io.Writer, r *conform.Report) error {
	table := conform.Table(r.Subject.Role)
	return pageTemplate.Execute(w, struct {
		*conform.Report
		Name, Summary  string
		Style, Verdict template.CSS
		Picture        template.HTML
		Told           []conform.Result
	}{
		Report: r, Name: name(r.Subject), Summary: summary(r),
		Style: template.CSS(diagram.Style), Verdict: template.CSS(colours(table, r)),
		Picture: template.HTML(diagram.Inline(diagram.SVG(table))),
		Told:    sorted(r.Cases),
	})
}

// colours is a rule of CSS for each event of the picture that has cases.
func colours(table *fsm.Table, r *conform.Report) string {
	worst := map[fsm.Transition]conform.Verdict{}
	for _, c := range r.Cases {
		parts := strings.Split(c.ID, "/")
		if len(parts) != 4 || c.Verdict == conform.Skip {
			continue
		}
		t := fsm.Transition{From: fsm.State(parts[1]), Event: fsm.Event(parts[2])}
		if slices.Index(rising, c.Verdict) >= slices.Index(rising, worst[t]) {
			worst[t] = c.Verdict
		}
	}
	var b strings.Builder
	for _, tr := range table.Transitions {
		if v, ok := worst[fsm.Transition{From: tr.From, Event: tr.Event}]; ok {
			class := "--fail"
			if v.Good() || v == conform.XFail {
				class = "--pass"
			}
			b.WriteString(`.event[data-from="` + string(tr.From) + `"][data-event="` + string(tr.Event) + `"] rect { fill: var(` + class + "); }\n")
		}
	}
	return b.String()
}

// sorted has the failures first.
func sorted(cases []conform.Result) []conform.Result {
	return slices.SortedStableFunc(slices.Values(cases), func(a, b conform.Result) int {
		return slices.Index(rising, b.Verdict) - slices.Index(rising, a.Verdict)
	})
}
