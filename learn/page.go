package learn

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"accio/diagram"
	"accio/fsm"
)

// Formats are those in which a model is written.
var Formats = map[string]func(io.Writer, *Model) error{
	"json":    JSON,
	"html":    HTML,
	"svg":     drawn(diagram.SVG),
	"mermaid": drawn(diagram.Mermaid),
	"dot":     drawn(diagram.DOT),
}

func drawn(draw func(*fsm.Table) string) func(io.Writer, *Model) error {
	return func(w io.Writer, m *Model) error {
		t := m.Picture()
		_, err := io.WriteString(w, draw(&t))
		return err
	}
}

// JSON writes the model (docs/learning.md).
func JSON(w io.Writer, m *Model) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(m)
}

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Parse(page))

// HTML writes one page that needs nothing else: the machine of the table, that of
// the program beside it, and the differences.
func HTML(w io.Writer, m *Model) error {
	t := m.Picture()
	return pageTemplate.Execute(w, struct {
		*Model
		Name, Summary, Trust string
		Style                template.CSS
		Specified, Learned   template.HTML
	}{
		Model: m, Name: strings.Join(m.Command, " "), Summary: m.Summary(), Trust: m.Trust(),
		Style:     template.CSS(diagram.Style),
		Specified: template.HTML(specified(&t)), Learned: template.HTML(programs(&t)),
	})
}

// specified is the picture with what the table has: the page hides the rest, so
// that everything stands in the same place as in the other.
func specified(t *fsm.Table) string {
	return strings.ReplaceAll(diagram.Inline(diagram.SVG(t)), ">"+missing, ">")
}

// programs is the picture with what the program has too. Its ids are its own.
func programs(t *fsm.Table) string {
	return strings.NewReplacer("diagram-title", "learned-title", "diagram-text", "learned-text",
		`id="s-`, `id="l-s-`, `id="e-`, `id="l-e-`, `id="t-`, `id="l-t-`).Replace(diagram.Inline(diagram.SVG(t)))
}

// Summary is a sentence with what was found.
func (m *Model) Summary() string {
	if m.Machine == nil {
		return "Nothing was learned: " + m.Partial
	}
	found := "no difference from the table"
	switch n := len(m.Differences); {
	case n == 1:
		found = "one difference from the table"
	case n > 1:
		found = fmt.Sprintf("%d differences from the table", n)
	}
	extra := ""
	if n := len(slices.DeleteFunc(slices.Clone(m.States), func(s string) bool { return !strings.HasPrefix(s, "extra") })); n > 0 {
		extra = fmt.Sprintf(", %d of them not the table's", n)
	}
	return fmt.Sprintf("%s; %d states%s, learned by %d runs with %d inputs in %.1f s", found, len(m.Machine.Edges), extra, m.Queries, m.Inputs, m.Seconds)
}

// Trust says what is known of what was not found.
func (m *Model) Trust() string {
	if m.Partial != "" {
		return "This is not all: " + m.Partial
	}
	more := "no other machine with so many states"
	if m.Depth > 0 {
		more = fmt.Sprintf("no other machine with up to %d states more", m.Depth)
	}
	return fmt.Sprintf("With these inputs %s answers all of this alike (--depth %d); the random words had the seed %d.", more, m.Depth, m.Seed)
}
