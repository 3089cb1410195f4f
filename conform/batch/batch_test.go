package batch

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accio/conform"
	"accio/conform/report"
)

func write(t *testing.T, mode os.FileMode, name ...string) {
	t.Helper()
	file := filepath.Join(name...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("#!/bin/sh\nexit 1\n"), mode); err != nil {
		t.Fatal(err)
	}
}

func TestFindInADirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, 0o755, dir, "adams")
	write(t, 0o644, dir, "brown.py")
	write(t, 0o644, dir, "README.md")
	write(t, 0o755, dir, ".hidden")
	write(t, 0o755, dir, "clark", "server")
	write(t, 0o644, dir, "davis", "run.pl")
	write(t, 0o644, dir, "davis", "other.py")
	write(t, 0o644, dir, "evans", "notes.txt")
	write(t, 0o755, dir, "ford.sh")
	if err := os.WriteFile(filepath.Join(dir, "green.sh"), []byte("exit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	list, err := Find(dir, []string{"server", "run"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		if s.Missing != "" {
			s.Command = []string{s.Missing}
		}
		got = append(got, s.Name+": "+strings.ReplaceAll(strings.Join(s.Command, " "), dir+string(filepath.Separator), ""))
	}
	if want := []string{"adams: adams", "brown: python3 brown.py", "clark: clark/server", "davis: perl davis/run.pl", "evans: it has no program that is named server or run", "ford: ford.sh", "green: sh green.sh"}; !slices.Equal(got, want) {
		t.Errorf("%q, wanted %q", got, want)
	}
}

func TestFindInAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "list")
	for text, want := range map[string]string{
		"b ./b {port} # comment\n\n# none\na  python3 a.py\n": "[{a [python3 a.py]} {b [./b {port}]}]",
		"a\n":        `list:1: "a": wanted a name and a command`,
		"a x\na y\n": `two submissions have the name "a"`,
		"../a x\n":   `the name "../a" of a submission`,
		"":           "has no submission",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := Find(name, nil)
		got := sprint(list)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: %s, wanted %s", text, got, want)
		}
	}
	if _, err := Find(filepath.Join(name, "nothing"), nil); err == nil {
		t.Error("a directory that there is not")
	}
}

func sprint(list []Submission) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, "{"+s.Name+" ["+strings.Join(s.Command, " ")+"]}")
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// newBatch has submissions that end at once, with exit status 1, and cases that
// want just that.
func newBatch(t *testing.T, ran *int) *Batch {
	t.Helper()
	var cases []conform.Case
	for _, c := range conform.Cases("client") {
		if strings.HasPrefix(c.ID, "client/process/bad-port-") {
			cases = append(cases, c)
		}
	}
	dir := t.TempDir()
	write(t, 0o755, dir, "one")
	write(t, 0o755, dir, "two")
	list, err := Find(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, Submission{Name: "zero", Command: []string{filepath.Join(dir, "nothing")}}, Submission{Name: "zz", Missing: "it has no program"})
	return &Batch{Role: "client", Submissions: list, Dir: filepath.Join(dir, "results"), Hints: report.Full, Suite: func() *conform.Suite {
		return &conform.Suite{Cases: slices.Clone(cases), Jobs: 1, Patience: 10 * time.Second, Progress: func(conform.Result, int, int) { *ran++ }}
	}}
}

// An interrupted batch goes on where it was: no case is run twice, and one that
// cannot be started harms no other.
func TestGoesOn(t *testing.T) {
	ran := 0
	b := newBatch(t, &ran)
	cases := len(b.Suite().Cases)
	if cases < 10 {
		t.Fatalf("%d cases", cases)
	}
	ctx, cancel := context.WithCancel(context.Background())
	suite := b.Suite
	b.Suite = func() *conform.Suite {
		s := suite()
		progress := s.Progress
		s.Progress = func(r conform.Result, done, total int) {
			if progress(r, done, total); ran == 5 {
				cancel()
			}
		}
		return s
	}
	reports, err := b.Run(ctx)
	if !errors.Is(err, context.Canceled) || len(reports) != 0 || ran < 5 || ran >= cases {
		t.Fatalf("%d reports, %d cases, %v", len(reports), ran, err)
	}
	journals, _ := filepath.Glob(filepath.Join(b.Dir, "*.journal"))
	if len(journals) != 1 {
		t.Fatalf("%q", journals)
	}
	f, err := os.OpenFile(journals[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"id":"client/pro`) // killed while it wrote
	f.Close()

	b.Suite = suite
	reports, err = b.Run(context.Background())
	if err != nil || len(reports) != 4 || reports[3].Partial != "it has no program" {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	if want := 2 * cases; ran < want || ran > want+2 { // and the tries at one that is not there
		t.Errorf("%d cases were run, wanted %d", ran, want)
	}
	for i, r := range reports {
		if i == 3 {
			continue
		}
		if i < 2 && (r.Totals.Pass != cases || r.Failed()) || i == 2 && !strings.Contains(r.Partial, "cannot be started") {
			t.Errorf("%s: %+v %s", r.Subject.Name, r.Totals, r.Partial)
		}
	}
	before := ran
	if again, err := b.Run(context.Background()); err != nil || len(again) != 4 || ran > before+2 { // the one that is not there is tried again
		t.Errorf("%d reports, %d cases more, %v", len(again), ran-before, err)
	}
	if journals, _ = filepath.Glob(filepath.Join(b.Dir, "*.journal")); len(journals) != 0 {
		t.Errorf("%q", journals)
	}
	for _, name := range []string{"one.html", "one.json", "zero.json"} {
		if _, err := os.Stat(filepath.Join(b.Dir, name)); err != nil {
			t.Error(err)
		}
	}

	m := NewMatrix("client", reports)
	var text, table, page bytes.Buffer
	if err := errors.Join(m.Text(&text), m.CSV(&table), m.HTML(&page)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 5 || len(rows[0]) != 4+cases || rows[1][0] != "one" || rows[1][4] != "pass" || !strings.Contains(rows[3][3], "cannot be started") {
		t.Errorf("%q, %v", rows, err)
	}
	if !strings.Contains(text.String(), "one ") || !strings.Contains(text.String(), "cannot be started") {
		t.Errorf("%s", &text)
	}
	if !strings.Contains(page.String(), `<a href="two.html">two</a>`) || strings.Count(page.String(), `class="pass"`) != 2*cases {
		t.Errorf("%s", &page)
	}
}

// Results of another program, or of other cases, do not count.
func TestJournalOfAnother(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	h := header{conform.Subject{Role: "server", Command: []string{"a"}}, "x"}
	j, _, err := openJournal(name, h)
	if err != nil {
		t.Fatal(err)
	}
	j.add(conform.Result{ID: "x", Verdict: conform.Pass})
	j.file.Close()
	for want, h := range map[int]header{1: h, 0: {conform.Subject{Role: "server", Command: []string{"b"}}, "x"}} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := readJournal(text, h); len(got) != want {
			t.Errorf("%+v: %v", h, got)
		}
	}
	if got := readJournal(nil, header{h.Subject, "y"}); got != nil {
		t.Error(got)
	}
}
