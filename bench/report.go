package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// report is everything that is printed.
type report struct {
	Machine string    `json:"machine"`
	Command string    `json:"command"`
	Base    string    `json:"base"` // of the tables that have none of their own
	asked   string    // -base: of every table that has it
	Servers []about   `json:"servers"`
	Missing []skipped `json:"missing,omitempty"`
	Tables  []table   `json:"workloads"`
}

type about struct {
	Server string `json:"server"`
	About  string `json:"about"`
}

type skipped struct {
	Server string `json:"server"`
	Reason string `json:"reason"`
}

// table is one workload.
type table struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Note    string    `json:"note,omitempty"`
	Rounds  int       `json:"rounds"`
	Base    string    `json:"base"`
	Metrics []metric  `json:"metrics"`
	Rows    []row     `json:"rows"`
	Series  []*series `json:"series,omitempty"`
}

// row is one server.
type row struct {
	Server string `json:"server"`
	Cells  []cell `json:"cells"`
}

// cell is one metric of one server.
type cell struct {
	summary
	Figures []float64 `json:"figures"`
	Ratio   *summary  `json:"ratio,omitempty"` // to the base; nil where there is none
}

func (r *report) add(w *workload, results []*measured) {
	name, base := r.base(w, results)
	t := table{Name: w.name, Title: w.title, Note: w.note, Rounds: w.rounds, Base: name, Metrics: w.metrics, Series: w.series}
	for _, m := range results {
		one := row{Server: m.peer.name}
		for i, figures := range m.figures {
			c := cell{summary: summarize(figures), Figures: figures}
			if w.metrics[i].ratio && base != nil {
				if r := ratio(figures, base[i]); !math.IsNaN(r.Median) {
					c.Ratio = &r
				}
			}
			one.Cells = append(one.Cells, c)
		}
		t.Rows = append(t.Rows, one)
	}
	r.Tables = append(r.Tables, t)
}

// base returns what the results are compared to, and nil if it is not among
// them.
func (r *report) base(w *workload, results []*measured) (name string, figures [][]float64) {
	for _, name = range append(append([]string{r.asked}, w.bases...), r.Base) {
		for _, m := range results {
			if m.peer.name == name {
				return name, m.figures
			}
		}
	}
	return name, nil
}

func (r *report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(r)
}

func (r *report) writeMarkdown(w io.Writer) error {
	span := "its start included"
	if hasProc {
		span = "from when it listens to its end"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Machine: %s  \nCommand: `%s`\n\n", r.Machine, r.Command)
	fmt.Fprintf(&b, "Figures are medians over the rounds. A column headed × is the ratio of the medians to\n"+
		"those of the server that it names, in parentheses the least and the greatest ratio of two that ran in\n"+
		"the same round. Server CPU is user and system time of the server and its children, %s.\n\n", span)
	for _, s := range r.Servers {
		fmt.Fprintf(&b, "- **%s**: %s\n", s.Server, s.About)
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&b, "- **%s**: skipped: %s\n", m.Server, m.Reason)
	}
	for i := range r.Tables {
		r.Tables[i].write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s: %s\n\n", t.Name, t.Title)
	head, rule := "| server |", "|---|"
	for _, m := range t.Metrics {
		head += fmt.Sprintf(" %s, %s |", m.Name, m.Unit)
		rule += "--:|"
		if m.ratio {
			head += fmt.Sprintf(" × %s |", t.Base)
			rule += "--:|"
		}
	}
	fmt.Fprintf(b, "%s\n%s\n", head, rule)
	for _, one := range t.Rows {
		fmt.Fprintf(b, "| %s |", one.Server)
		for i, c := range one.Cells {
			fmt.Fprintf(b, " %s |", figure(c.Median))
			if t.Metrics[i].ratio {
				fmt.Fprintf(b, " %s |", c.ratioText())
			}
		}
		b.WriteByte('\n')
	}
	rounds := fmt.Sprintf("%d rounds.", t.Rounds)
	if t.Rounds == 1 {
		rounds = "One round."
	}
	fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(rounds+" "+t.Note))
	if len(t.Series) > 0 {
		writeSeries(b, t.Series)
	}
}

func (c *cell) ratioText() string {
	if c.Ratio == nil {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", c.Ratio.Median, c.Ratio.Min, c.Ratio.Max)
}

// figure shows three digits, or all of a whole part that has more.
func figure(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	case x >= 0.9995:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.3f", x)
}
