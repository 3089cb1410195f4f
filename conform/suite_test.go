package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"accio/internal/share"
)

// suite runs cases that need no program.
func suite(cases ...Case) *Suite {
	for i := range cases {
		if cases[i].ID == "" {
			cases[i].ID = fmt.Sprintf("server/process/case-%d", i)
		}
		cases[i].Claims, cases[i].Weight = []string{"1.1"}, 1
	}
	return &Suite{Subject: Subject{Role: "server", Command: []string{"true"}}, Cases: cases, Jobs: 2}
}

func verdicts(t *testing.T, s *Suite) string {
	t.Helper()
	r, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, c := range r.Cases {
		list = append(list, fmt.Sprintf("%s:%d", c.Verdict, c.Tries))
	}
	return strings.Join(list, " ")
}

// script is a case that does something else in every try.
func script(tries ...func(*serverTry)) Case {
	var n atomic.Int32
	return Case{server: func(t *serverTry) { tries[min(int(n.Add(1)), len(tries))-1](t) }}
}

func passes(*serverTry)      {}
func isWrong(t *serverTry)   { t.fail("", "this", "that") }
func comesLate(t *serverTry) { t.late("", "this", "nothing") }
func isMoot(*serverTry)      { panic(moot{"slow"}) }

func TestVerdicts(t *testing.T) {
	for name, test := range map[string]struct {
		c    Case
		want string
	}{
		"passes":                        {script(passes), "pass:0"},
		"is wrong":                      {script(isWrong), "fail:0"},
		"is late, and again":            {script(comesLate), "fail:2"},
		"is late, and passes alone":     {script(comesLate, passes), "flaky:2"},
		"is late, and wrong alone":      {script(comesLate, isWrong), "fail:2"},
		"says nothing twice":            {script(isMoot, isMoot, passes), "pass:3"},
		"never says anything":           {script(isMoot), "skip:4"},
		"is late, says nothing, passes": {script(comesLate, isMoot, passes), "pass:3"},
	} {
		if got := verdicts(t, suite(test.c)); got != test.want {
			t.Errorf("a case that %s: %s, wanted %s", name, got, test.want)
		}
	}
}

// Many cases that fail for one reason are not all tried again.
func TestEnoughOfOneKind(t *testing.T) {
	var list []Case
	for range 6 {
		list = append(list, script(comesLate))
	}
	list = append(list, script(func(t *serverTry) { t.late("", "something else", "nothing") }))
	if got := verdicts(t, suite(list...)); got != "fail:2 fail:2 fail:0 fail:0 fail:0 fail:0 fail:2" {
		t.Error(got)
	}
}

func TestExpectedFailures(t *testing.T) {
	s := suite(script(isWrong), script(passes), script(isWrong))
	s.Expected = []string{"server/process/case-[01]"}
	r, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := []Verdict{r.Cases[0].Verdict, r.Cases[1].Verdict, r.Cases[2].Verdict}; !slices.Equal(got, []Verdict{XFail, XPass, Fail}) || !r.Failed() {
		t.Error(got)
	}
	s = suite(script(isWrong))
	s.Expected = []string{"server/process"}
	if r, err := s.Run(context.Background()); err != nil || r.Failed() || r.Totals.XFail != 1 {
		t.Errorf("%+v, %v", r.Totals, err)
	}
}

func TestRepeat(t *testing.T) {
	s := suite(script(passes, isWrong, passes))
	s.Repeat, s.Jobs = 3, 1
	if got := verdicts(t, s); got != "pass:0 fail:0 pass:0" {
		t.Error(got)
	}
}

// What is known when the run is interrupted is told, and the rest is counted.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := suite(script(passes), script(func(t *serverTry) {
		cancel()
		t.pause(1)
	}), script(passes), script(passes))
	s.Jobs = 1
	r, err := s.Run(ctx)
	if err != nil || len(r.Cases) != 1 || r.Totals.Missed != 3 || !strings.Contains(r.Partial, "3 cases were not run") || !r.Failed() {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestNotStarted(t *testing.T) {
	s := suite(Case{server: (*serverTry).start}, Case{server: (*serverTry).start})
	s.Subject.Command = []string{"/no/such/program"}
	if r, err := s.Run(context.Background()); !errors.Is(err, ErrNotStarted) || r.Partial == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

// What cannot be tried is skipped, with the reason.
func TestLacks(t *testing.T) {
	s := suite(Case{need: large, server: isWrong}, Case{need: process, server: isWrong}, Case{need: output, server: isWrong})
	s.Subject = Subject{Role: "server", Address: "127.0.0.1:1"}
	r, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"--large", "needs the process", "needs standard output"} {
		if c := r.Cases[i]; c.Verdict != Skip || !strings.Contains(c.Reason, want) {
			t.Errorf("%+v", c)
		}
	}
}

// A failure has all that people want to know of it.
func TestFailureTeaches(t *testing.T) {
	s := suite(Case{server: func(t *serverTry) {
		t.note("something %s", "was done")
		panic(failure{claim: "1.2", wanted: "this", got: "that", hint: "perhaps"})
	}})
	r, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	c := r.Cases[0]
	if c.Reason != "wanted this, got that" || c.Expected != "this" || c.Got != "that" || c.Hint != "perhaps" ||
		!strings.HasPrefix(c.Claim, "1.2 Then it reads") || len(c.Transcript) != 1 || !strings.HasSuffix(c.Transcript[0], "something was done") {
		t.Errorf("%+v", c)
	}
}

func TestTranscriptIsShort(t *testing.T) {
	tr := &transcript{}
	for i := range 1000 {
		tr.add("line %d", i)
	}
	text := tr.text()
	if len(text) > 41 || !strings.HasSuffix(text[0], "line 0") || !strings.HasSuffix(text[len(text)-1], "line 999") || !strings.Contains(strings.Join(text, "\n"), "… 961 lines …") {
		t.Errorf("%d lines:\n%s", len(text), strings.Join(text, "\n"))
	}
	if got := quote(strings.Repeat("\r", 100)); !strings.HasSuffix(got, `"… (100 bytes)`) {
		t.Error(got)
	}
}

func TestSelection(t *testing.T) {
	all := []Case{
		{ID: "server/A/sent/one", Level: Required}, {ID: "server/A/sent/two", Level: Strict},
		{ID: "server/A/closed/one", Level: Strict}, {ID: "server/process/one", Level: Required},
	}
	half, err := share.Parse("2/2")
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]Selection{
		"0 1 2 3": {},
		"0 1":     {Run: []string{"server/A/sent"}},
		"0 2 3":   {Run: []string{"*/one"}},
		"0 3":     {Level: Required},
		"1 3":     {Shard: half},
		"2":       {Run: []string{"server/A"}, Skip: []string{"server/A/sent"}},
		"3":       {Run: []string{"server/process"}},
	} {
		chosen, err := s.Choose(all)
		if err != nil {
			t.Errorf("%s: %v", want, err)
		}
		var got []string
		for _, c := range chosen {
			got = append(got, fmt.Sprint(slices.IndexFunc(all, func(o Case) bool { return o.ID == c.ID })))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %s, wanted %s", s, got, want)
		}
	}
	for _, s := range []Selection{{Run: []string{"nothing"}}, {Skip: []string{"client"}}, {Run: []string{"["}}, {Skip: []string{"server"}}} {
		if chosen, err := s.Choose(all); err == nil {
			t.Errorf("%+v: %d", s, len(chosen))
		}
	}
	patterns, err := ReadExpected(strings.NewReader("# known\n\nserver/A/sent/one # since ever\n  */two\n"), all)
	if err != nil || !slices.Equal(patterns, []string{"server/A/sent/one", "*/two"}) {
		t.Errorf("%q, %v", patterns, err)
	}
	if _, err := ReadExpected(strings.NewReader("server/B\n"), all); err == nil {
		t.Error("a pattern that matches nothing")
	}
}

func TestCountedHints(t *testing.T) {
	for got, want := range map[string]string{
		"41": "the two confirmations", "26": "the second confirmation", "5": "the empty line", "0": "in one piece", "3 bytes": "alone", "4": "", "ERROR": "",
	} {
		if hint := counted(got, "3"); (hint == "") != (want == "") || !strings.Contains(hint, want) {
			t.Errorf("%s: %q", got, hint)
		}
	}
	if hint := counted("3", "ERROR"); hint != "" {
		t.Error(hint)
	}
}
