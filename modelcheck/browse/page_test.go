package browse_test

import (
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"accio/internal/require"
	"accio/modelcheck"
	"accio/modelcheck/browse"
)

var update = flag.Bool("update", false, "write testdata")

// jugs hold up to 3 and 5; what is wanted is 4.
type jugs struct{ small, large int }

func (j jugs) String() string { return fmt.Sprintf("small=%d large=%d", j.small, j.large) }

func pouring() modelcheck.System[jugs] {
	return modelcheck.System[jugs]{
		Initial: []jugs{{0, 0}, {3, 5}},
		Next: func(j jugs) []modelcheck.Step[jugs] {
			in, out := min(j.small, 5-j.large), min(j.large, 3-j.small)
			var steps []modelcheck.Step[jugs]
			for label, to := range map[string]jugs{ // in any order
				"fill small": {3, j.large}, "fill large": {j.small, 5}, "empty small": {0, j.large}, "empty large": {j.small, 0},
				"pour small": {j.small - in, j.large + in}, "pour large": {j.small + out, j.large - out},
			} {
				if to != j {
					steps = append(steps, modelcheck.Step[jugs]{Label: label, To: to})
				}
			}
			return append(steps, steps[0]) // doubles count once
		},
	}
}

// get returns the page's texts, in which a state's words have no marks.
func get(t *testing.T, h http.Handler, at string, status int) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/some/where/?at="+at, nil))
	if w.Code != status {
		t.Fatalf("at=%s: %d, want %d: %s", at, w.Code, status, w.Body)
	}
	return html.UnescapeString(regexp.MustCompile("</?b>").ReplaceAllString(w.Body.String(), ""))
}

var link = regexp.MustCompile(`<li><a href="\?at=([0-9.]+)"(?: accesskey="\d")?>([^<]*)</a><br><span class="state">([^<]*) </span>`)

// Every state that the checker finds is found by following links, with its steps
// and no others, and a link leads to the state that stands beside it.
func TestLinksAreTheSystem(t *testing.T) {
	sys := pouring()
	page := &browse.Page[jugs]{Title: "Jugs & water", System: sys}
	graph, err := modelcheck.Explore(sys, modelcheck.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	edges := map[string]bool{}
	for e := range graph.Edges() {
		edges[fmt.Sprint(e.From, e.Label, e.To)] = true
	}
	seen, taken := map[string]bool{}, map[string]bool{}
	var visit func(at, state string)
	visit = func(at, state string) {
		text := get(t, page, at, 200)
		if !strings.Contains(text, "<h1>Jugs & water</h1>") || !strings.Contains(text, `<p><span class="state">`+state+" </span></p>") {
			t.Fatalf("at=%s: not in %s:\n%s", at, state, text)
		}
		if seen[state] {
			return
		}
		seen[state] = true
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			taken[state+m[2]+m[3]] = true
			visit(m[1], m[3])
		}
	}
	for i, s := range sys.Initial {
		visit(fmt.Sprint(i), s.String())
	}
	require.Ran(t, "states", len(seen), graph.Len())
	require.Ran(t, "steps", len(taken), graph.EdgeLen())
	for step := range taken {
		if !edges[step] {
			t.Errorf("no such step: %s", step)
		}
	}
}

// The run of a counterexample is shown step by step, and what it changes is marked.
func TestTracesAreShown(t *testing.T) {
	sys := pouring()
	report := modelcheck.Check(sys, modelcheck.Limit{},
		modelcheck.Always("there are never 4", func(j jugs) bool { return j.large != 4 }),
		modelcheck.Always("the small one has room", func(j jugs) bool { return j.small <= 3 }),
		modelcheck.Eventually("there are 4 at last", func(j jugs) bool { return j.large == 4 }))
	page := &browse.Page[jugs]{System: sys, Report: report}
	text := get(t, page, "", 200)
	if !strings.Contains(text, `<span>holds</span>: always: the small one has room`) {
		t.Errorf("no verdict:\n%s", text)
	}
	runs := regexp.MustCompile(`class="bad">VIOLATED</span>: \w+: ([^<]*?)(?: <span.*</span>)? <a href="\?at=([0-9.]+)">`).FindAllStringSubmatch(text, -1)
	require.Ran(t, "counterexamples", len(runs), 2)
	for i, want := range []string{"small=3 large=4", "ago: this run can go round for ever"} {
		trace := report.Verdicts[2*i].Trace
		if text := get(t, page, runs[i][2], 200); !strings.Contains(text, want) || strings.Count(text, "<li><a")-len(link.FindAllString(text, -1))-1 != len(trace.Labels()) {
			t.Errorf("%s: %s does not show %q:\n%s", runs[i][1], runs[i][2], want, text)
		}
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest("GET", "/?at="+runs[0][2], nil))
	if !strings.Contains(w.Body.String(), "<b>large=4</b>") {
		t.Errorf("what has changed is not marked:\n%s", w.Body)
	}
}

func TestWhatIsNoRunIsRefused(t *testing.T) {
	page := &browse.Page[jugs]{System: pouring()}
	deep := strings.Repeat("0.0.", 499) + "0" // 999 numbers
	for at, status := range map[string]int{"2": 404, "0.2": 404, "0.9": 404, "x": 400, "0.-1": 400, "0.a": 400, "0..1": 400,
		"0.2147483648": 400, "0.2147483647": 404, deep + ".0": 200, deep + ".0.0": 400} {
		if text := get(t, page, at, status); status == 400 && !strings.Contains(text, "must be at most 1000 numbers with dots between them") {
			t.Errorf("%s: %s", at, text)
		}
	}
	if !link.MatchString(get(t, page, deep, 200)) || link.MatchString(get(t, page, deep+".0", 200)) {
		t.Error("a run of 998 steps does not go on, or one of 999 does")
	}
	get(t, &browse.Page[jugs]{}, "", 404)
}

// counter counts to ever more.
var counter = modelcheck.System[int]{
	Initial: []int{0},
	AppendNext: func(steps []modelcheck.Step[int], n int) []modelcheck.Step[int] {
		return append(steps, modelcheck.Step[int]{Label: "up", To: n + 1})
	},
	Format: func(n int) string { return fmt.Sprintf("n=%d", n) },
}

// A trace has a page as far as a path goes; one that is no run of the system is told.
func TestTracesThatHaveNoPage(t *testing.T) {
	for steps, status := range map[int]int{1: 200, 999: 200, 1000: 500} {
		trace := &modelcheck.Trace[int]{Property: "few"}
		for n := range steps {
			trace.Stem = append(trace.Stem, modelcheck.Step[int]{Label: "up", To: n + 1})
		}
		report := modelcheck.Report[int]{Verdicts: []modelcheck.Verdict[int]{{Trace: trace}}}
		text := get(t, &browse.Page[int]{System: counter, Report: report}, "", status)
		if status == 500 && text != "the trace of \"few\" is no run of the system, or has more than 999 steps\n" {
			t.Error(text)
		}
		trace.Stem[0].Label = "down"
		get(t, &browse.Page[int]{System: counter, Report: report}, "", 500)
	}
}

// What is on a page, to the byte.
func TestPage(t *testing.T) {
	ring := modelcheck.System[string]{
		Initial: []string{"at=0 still"},
		AppendNext: func(steps []modelcheck.Step[string], s string) []modelcheck.Step[string] {
			for i := range 11 {
				steps = append(steps, modelcheck.Step[string]{Label: fmt.Sprintf("to %02d", i), To: fmt.Sprintf("at=%d still", i)})
			}
			return steps
		},
	}
	page := &browse.Page[string]{Title: "A ring", System: ring}
	for _, at := range []string{"0.3", "0.0", "0.4.5.4", "0.4.4"} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest("GET", "/?at="+at, nil))
		if got := w.Result().Header; got.Get("Content-Type") != "text/html; charset=utf-8" || got.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'" {
			t.Errorf("header %v", got)
		}
		file := "testdata/ring-" + at + ".html"
		if *update {
			if err := os.WriteFile(file, w.Body.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || w.Body.String() != string(want) {
			t.Errorf("this is not %s; go test -update writes it; %v:\n%s", file, err, w.Body)
		}
	}
}
