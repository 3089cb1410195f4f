package batch

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"accio/conform"
	"accio/conform/report"
)

// Matrix is what came of each case with each submission.
type Matrix struct {
	IDs  []string // the cases, in the order of the suite
	Rows []Row
}

// Row is a submission.
type Row struct {
	Report   *conform.Report
	Verdicts []conform.Verdict // as IDs; empty where there is none
}

// NewMatrix makes the matrix of reports of one role.
func NewMatrix(role string, reports []*conform.Report) *Matrix {
	m, place := &Matrix{}, map[string]int{}
	seen := map[string]bool{}
	for _, r := range reports {
		for _, c := range r.Cases {
			seen[c.ID] = true
		}
	}
	for _, c := range conform.Cases(role) {
		if seen[c.ID] {
			place[c.ID] = len(m.IDs)
			m.IDs = append(m.IDs, c.ID)
		}
	}
	for _, r := range reports {
		row := Row{r, make([]conform.Verdict, len(m.IDs))}
		for _, c := range r.Cases {
			if i, ok := place[c.ID]; ok {
				row.Verdicts[i] = c.Verdict
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// Text writes a line for each submission, and the cases that failed most.
func (m *Matrix) Text(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "submission\tpoints\tpassed\tfailed\tflaky\tskipped\twhat failed")
	for _, row := range m.Rows {
		t := row.Report.Totals
		fmt.Fprintf(table, "%s\t%d of %d\t%d\t%d\t%d\t%d\t%s\n", row.Report.Subject.Name, t.Score, t.OutOf, t.Pass, t.Fail+t.XPass, t.Flaky, t.Skip, row.failed())
	}
	return table.Flush()
}

// failed names the groups of the cases that failed, a few.
func (r Row) failed() string {
	if r.Report.Partial != "" {
		return r.Report.Partial
	}
	if r.Report.Totals.Pass+r.Report.Totals.Flaky == 0 && len(r.Report.Cases) > 0 {
		first := r.Report.Cases[0]
		return fmt.Sprintf("everything: wanted %s, got %s", first.Expected, first.Got)
	}
	var groups []string
	count := map[string]int{}
	for _, c := range r.Report.Cases {
		if !c.Verdict.Bad() {
			continue
		}
		_, g, _ := strings.Cut(conform.Group(c.ID), "/")
		if count[g]++; count[g] == 1 {
			groups = append(groups, g)
		}
	}
	const most = 3
	var parts []string
	for i, g := range groups {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more kinds", len(groups)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", g, count[g]))
	}
	return strings.Join(parts, ", ")
}

// CSV writes a line for each submission, and a column for each case.
func (m *Matrix) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write(append([]string{"submission", "score", "out_of", "partial"}, m.IDs...))
	for _, row := range m.Rows {
		t := row.Report.Totals
		line := []string{row.Report.Subject.Name, fmt.Sprint(t.Score), fmt.Sprint(t.OutOf), row.Report.Partial}
		for _, v := range row.Verdicts {
			line = append(line, string(v))
		}
		c.Write(line)
	}
	c.Flush()
	return c.Error()
}

//go:embed matrix.html
var page string

var pageTemplate = template.Must(template.New("matrix").Funcs(template.FuncMap{"sign": report.Plain}).Parse(page))

// HTML writes a page with the matrix, which links the page of each submission.
func (m *Matrix) HTML(w io.Writer) error { return pageTemplate.Execute(w, m) }

// Keep writes matrix.csv and matrix.html to a directory.
func (m *Matrix) Keep(dir string) error {
	var table, page bytes.Buffer
	if err := errors.Join(m.CSV(&table), m.HTML(&page)); err != nil {
		return err
	}
	return errors.Join(writeWhole(filepath.Join(dir, "matrix.csv"), table.Bytes()), writeWhole(filepath.Join(dir, "matrix.html"), page.Bytes()))
}
