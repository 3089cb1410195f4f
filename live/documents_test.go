package live

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/internal/require"
	"accio/protocol"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// families returns the names of our metrics, as a scrape has them.
func families(t *testing.T) (names []string) {
	t.Helper()
	p := newFeed(&protocol.Server).reporter()
	p.Queued, p.Instance = func() (int, bool) { return 0, true }, "a"
	all, err := p.registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range all {
		if strings.HasPrefix(family.GetName(), "accio_") {
			names = append(names, family.GetName())
		}
	}
	return names
}

// mentioned returns the metrics that a text names; the series of a histogram
// are the histogram.
func mentioned(text string) (names []string) {
	for _, name := range regexp.MustCompile(`accio_[a-z_]+`).FindAllString(text, -1) {
		names = append(names, strings.TrimSuffix(name, "_bucket"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// The dashboard and docs/live.md have every metric, and no other.
func TestMetricsAreDocumented(t *testing.T) {
	want := families(t)
	require.Ran(t, "metrics", len(want), 11)
	for _, name := range []string{"docs/live.md", "deploy/grafana/accio.json"} {
		if got := mentioned(read(t, name)); !slices.Equal(got, want) {
			t.Errorf("%s has  %v\nthere are %v", name, got, want)
		}
	}
}

// What Grafana needs of a dashboard.
func TestDashboard(t *testing.T) {
	var dashboard struct {
		Title, UID    string
		SchemaVersion int
		Templating    struct{ List []struct{ Name string } }
		Panels        []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "deploy/grafana/accio.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if dashboard.Title == "" || dashboard.UID == "" || dashboard.SchemaVersion == 0 || len(dashboard.Templating.List) != 3 {
		t.Errorf("%+v", dashboard)
	}
	require.Ran(t, "panels", len(dashboard.Panels), 18)
	taken := map[[2]int]string{}
	for i, p := range dashboard.Panels {
		if p.ID != i+1 || p.Title == "" || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %+v", p)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != "" {
					t.Errorf("%s covers %s", p.Title, taken[at])
				}
				taken[at] = p.Title
			}
		}
		for _, target := range p.Targets {
			for _, pair := range []string{"()", "{}", "[]"} {
				if strings.Count(target.Expr, pair[:1]) != strings.Count(target.Expr, pair[1:]) {
					t.Errorf("%s: %s", p.Title, target.Expr)
				}
			}
		}
	}
}

// The example of docs/live.md is what a Snapshot reads and writes, field by
// field, and every path is there.
func TestStateIsDocumented(t *testing.T) {
	doc := read(t, "docs/live.md")
	_, rest, _ := strings.Cut(doc, "```json\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no example")
	}
	decoder := json.NewDecoder(strings.NewReader(example))
	decoder.DisallowUnknownFields()
	var s Snapshot
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	var want, got any
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(example), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nis written as %v", want, got)
	}
	routes := regexp.MustCompile(`"GET (/[a-z/]*)`).FindAllStringSubmatch(read(t, "live/http.go"), -1)
	require.Ran(t, "routes", len(routes), 10)
	for _, r := range routes {
		if !strings.Contains(doc, "`"+r[1]) {
			t.Errorf("docs/live.md does not have %s", r[1])
		}
	}
}
