package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"accio/conform"
	"accio/internal/require"

	"github.com/fatih/color"
	"github.com/jstemmer/go-junit-report/v2/junit"
)

var update = flag.Bool("update", false, "write testdata")

// sample has a case of each verdict.
func sample() *conform.Report {
	r := &conform.Report{Schema: conform.Schema, Subject: conform.Subject{Role: "server", Command: []string{"./their-server", "{port}"}},
		Started: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), Seconds: 21.25, Cases: []conform.Result{
			{ID: "server/SendAccio1/sent/at-once", Title: "The first <command>", Claims: []string{"1.1"}, Level: conform.Required, Weight: 3, Verdict: conform.Pass, Seconds: 0.2,
				Transcript: []string{"   0.001  client connects"}},
			{ID: "server/AwaitConfirm2/mismatched/bare-lf", Title: "Its lines end with a bare LF", Claims: []string{"1.7", "3.2"}, Level: conform.Required, Weight: 2, Verdict: conform.Fail,
				Reason: "wanted the end, got nothing", Expected: "the end", Got: "nothing", Claim: "1.7 The confirmations are exact", Hint: `bare LF, wanted CR LF ]]> # \`, Seconds: 6, Tries: 2,
				Transcript: []string{`   0.001  client → server  "confirm-accio-again\n\n"`, "   6.001  client ← server  nothing for 6s"}},
			{ID: "server/Streaming/closed/1-gib", Title: "The file has 1 GiB", Claims: []string{"1.5"}, Level: conform.Required, Weight: 2, Verdict: conform.Skip, Reason: "it sends gigabytes: --large"},
			{ID: "server/Streaming/closed/empty", Title: "The file is empty", Claims: []string{"1.5"}, Level: conform.Required, Weight: 1, Verdict: conform.Flaky,
				Reason: "passed when tried again alone; at first: wanted a line, got nothing", Seconds: 0.1, Tries: 2},
			{ID: "server/process/sigint", Title: "A signal", Claims: []string{"6.4"}, Level: conform.Required, Weight: 1, Verdict: conform.XFail, Reason: "wanted 0, got 1", Expected: "0", Got: "1", Claim: "6.4 SIGINT"},
			{ID: "server/queue/ten", Title: "Ten wait", Claims: []string{"5.1"}, Level: conform.Strict, Weight: 1, Verdict: conform.XPass, Reason: "it was expected to fail"},
		}}
	r.Count()
	return r
}

// Every format is as it was; -update writes what there is.
func TestFormats(t *testing.T) {
	color.NoColor = true
	writers := map[string]func(*bytes.Buffer) error{
		"fail.txt": func(b *bytes.Buffer) error { return Text(b, sample(), ShowFail) },
		"pass.txt": func(b *bytes.Buffer) error { return Text(b, sample(), ShowPass) },
	}
	for format, write := range Formats {
		writers["report."+format] = func(b *bytes.Buffer) error { return write(b, sample()) }
	}
	for _, hints := range []Hints{None, Claims} {
		writers["hints-"+string(hints)+".txt"] = func(b *bytes.Buffer) error { return Text(b, Redact(sample(), hints), ShowFail) }
	}
	ran := 0
	for name, write := range writers {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s is not what there was:\n%s", name, &b)
		}
		ran++
	}
	require.Ran(t, "formats", ran, 9)
}

func TestTotals(t *testing.T) {
	got := sample().Totals
	if want := (conform.Totals{Pass: 1, Fail: 1, Skip: 1, Flaky: 1, XFail: 1, XPass: 1, Score: 5, OutOf: 8}); got != want {
		t.Errorf("%+v, wanted %+v", got, want)
	}
}

// The JSON is read as it was written; another schema is refused.
func TestRead(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	r, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil || !reflect.DeepEqual(r, sample()) {
		t.Errorf("%+v, %v", r, err)
	}
	for text, want := range map[string]string{"{}": "schema", strings.Replace(b.String(), conform.Schema, "accio-conform/9", 1): "schema", "": "EOF"} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	var fields struct {
		Schema  string
		Subject map[string]any
		Cases   []map[string]any
		Totals  map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "title", "claims", "level", "verdict", "reason", "seconds"} {
		if _, ok := fields.Cases[0][name]; !ok {
			t.Errorf("a case has no %s", name)
		}
	}
}

func TestJUnitCounts(t *testing.T) {
	var b bytes.Buffer
	if err := JUnit(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var suites junit.Testsuites
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	if s := suites.Suites[0]; s.Tests != 6 || s.Failures != 2 || s.Skipped != 2 || len(s.Testcases) != 6 || s.Testcases[1].Classname != "server.AwaitConfirm2.mismatched" ||
		!strings.Contains(s.Testcases[1].Failure.Data, "]]>") {
		t.Errorf("%+v", s)
	}
}

// With less than everything told, nothing of it is in any format.
func TestRedactedTellsNothing(t *testing.T) {
	for format, write := range Formats {
		var b bytes.Buffer
		if err := write(&b, Redact(sample(), None)); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"the end", "bare LF, wanted", "again", "The confirmations are exact", "wanted 0"} {
			if secret == "again" && strings.Contains(b.String(), "tried again alone") {
				continue // of the flaky one
			}
			if strings.Contains(b.String(), secret) {
				t.Errorf("%s tells %q", format, secret)
			}
		}
		if !strings.Contains(b.String(), "bare") {
			t.Errorf("%s does not name the case", format)
		}
	}
}

func TestMerge(t *testing.T) {
	whole := sample()
	one, two := sample(), sample()
	one.Cases, two.Cases = one.Cases[3:], two.Cases[:3]
	two.Seconds, two.Started = 3, two.Started.Add(-time.Second)
	merged, err := Merge([]*conform.Report{one, two})
	if err != nil {
		t.Fatal(err)
	}
	if len(merged.Cases) != len(whole.Cases) || merged.Totals != whole.Totals || merged.Seconds != 21.25 || !merged.Started.Equal(two.Started) {
		t.Errorf("%+v", merged)
	}
	if merged.Cases[0].ID != "server/SendAccio1/sent/at-once" {
		t.Errorf("the first case is %s", merged.Cases[0].ID)
	}
	if _, err := Merge([]*conform.Report{one, one}); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "is in two") {
		t.Error(err)
	}
	other := sample()
	other.Subject.Command = []string{"another"}
	if _, err := Merge([]*conform.Report{one, other}); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "different subjects") {
		t.Error(err)
	}
	if _, err := Merge(nil); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	one.Partial, one.Totals.Missed = "interrupted", 2
	if merged, err := Merge([]*conform.Report{one, two}); err != nil || merged.Partial != "interrupted" || merged.Totals.Missed != 2 {
		t.Errorf("%+v, %v", merged, err)
	}
}

// The page colours exactly the events that were tried, and carries all cases.
func TestHTML(t *testing.T) {
	var b bytes.Buffer
	if err := HTML(&b, sample()); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for want, n := range map[string]int{
		`[data-from="AwaitConfirm2"][data-event="mismatched"] rect { fill: var(--fail); }`: 1,
		`[data-from="SendAccio1"][data-event="sent"] rect { fill: var(--pass); }`:          1,
		"rect { fill: var(--": 3, "<details": 6, "The first &lt;command&gt;": 1, "<svg": 1, "http://": 1, "https://": 0, "prefers-color-scheme: dark": 2,
	} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%d times %q, wanted %d", got, want, n)
		}
	}
}
