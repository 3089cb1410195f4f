package diagram_test

import (
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/diagram"
	"accio/internal/require"
)

// The pictures carry the hash of what they are drawn from.
func TestPicturesAreFresh(t *testing.T) {
	for _, table := range []*fsm.Table{&fsm.Server, &fsm.Client} {
		if got := picture(t, table); !strings.Contains(got, `data-source="`+diagram.Source(table)+`"`) {
			t.Errorf("%s is stale; run: go generate ./...", diagram.File(table))
		}
	}
}

func picture(t *testing.T, table *fsm.Table) string {
	t.Helper()
	text, err := os.ReadFile("../../" + diagram.File(table))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Where Graphviz is at hand, the pictures are what it draws; only where things
// are may differ from version to version.
func TestPicturesAreDrawn(t *testing.T) {
	require.Tool(t, "dot")
	for _, table := range []*fsm.Table{&fsm.Server, &fsm.Client} {
		got, err := diagram.SVG(table, drawn(t, table))
		if err != nil {
			t.Fatal(err)
		}
		if places.ReplaceAllString(got, "") != places.ReplaceAllString(picture(t, table), "") {
			t.Errorf("%s is not what is drawn now; remove it and run: go generate ./...", diagram.File(table))
		}
	}
}

var places = regexp.MustCompile(` (d|points|[xy]|c[xy]|r[xy]|width|height|viewBox|transform)="[^"]*"`)

func drawn(t *testing.T, table *fsm.Table) []byte {
	t.Helper()
	dot := exec.Command("dot", "-Tsvg")
	dot.Stdin = strings.NewReader(diagram.DOT(table))
	var complaint strings.Builder
	dot.Stderr = &complaint
	out, err := dot.Output()
	if err != nil || complaint.Len() > 0 {
		t.Fatalf("dot: %v %s", err, &complaint)
	}
	return out
}

// A picture is well-formed, and has each state, arrow and event once.
func TestSVG(t *testing.T) {
	require.Tool(t, "dot")
	drawings := 0
	for _, table := range []*fsm.Table{&fsm.Server, &fsm.Client, &small, &awkward, &bulk} {
		svg, err := diagram.SVG(table, drawn(t, table))
		if err != nil {
			t.Errorf("%s: %v", table.Role, err)
			continue
		}
		drawings++
		count := map[string]int{}
		ids := map[string]bool{}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", table.Role, err)
			}
			start, _ := token.(xml.StartElement)
			for _, a := range start.Attr {
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("%s: id %s twice", table.Role, a.Value)
				}
				if a.Name.Local == "id" {
					ids[a.Value] = true
				}
				if a.Name.Local == "class" {
					count[strings.Fields(a.Value)[0]]++
				}
			}
		}
		if count["state"] != len(table.States()) || count["event"] != len(table.Transitions) || count["count"] != len(table.Transitions) {
			t.Errorf("%s: drawn are %v", table.Role, count)
		}
	}
	require.Ran(t, "drawings", drawings, 5)
}

func TestSVGOfSomethingElse(t *testing.T) {
	for name, drawn := range map[string]string{
		"nothing":      "",
		"no view box":  "<svg/>",
		"no transform": `<svg viewBox="0 0 1 1"/>`,
		"no node":      `<svg viewBox="0 0 1 1"><g transform="scale(1 1) rotate(0) translate(4 5)"/></svg>`,
	} {
		if svg, err := diagram.SVG(&small, []byte(drawn)); err == nil {
			t.Errorf("%s: %s", name, svg)
		}
	}
}

func TestInline(t *testing.T) {
	got := diagram.Inline("<svg>\n<style>\n.a { }\n</style>\n<g/></svg>\n")
	same(t, got, "<svg>\n<g/></svg>\n")
	if strings.Contains(diagram.Inline(picture(t, &fsm.Server)), "style") {
		t.Error("the style is still there")
	}
}
