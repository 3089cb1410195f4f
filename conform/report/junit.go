package report

import (
	"fmt"
	"io"
	"strings"

	"accio/conform"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// JUnit writes the report as XML in the form that CI servers read.
func JUnit(w io.Writer, r *conform.Report) error {
	suite := junit.Testsuite{Name: r.Subject.Role + " " + name(r.Subject), Time: seconds(r.Seconds)}
	suite.SetTimestamp(r.Started)
	if r.Partial != "" {
		suite.AddProperty("partial", r.Partial)
	}
	for _, c := range r.Cases {
		suite.AddTestcase(testcase(c))
	}
	suites := junit.Testsuites{Name: "accio conform", Time: seconds(r.Seconds)}
	suites.AddSuite(suite)
	return suites.WriteXML(w)
}

func testcase(c conform.Result) junit.Testcase {
	group := conform.Group(c.ID)
	t := junit.Testcase{Classname: strings.ReplaceAll(group, "/", "."), Name: c.ID[len(group)+1:], Time: seconds(c.Seconds)}
	result := &junit.Result{Message: c.Reason, Type: string(c.Verdict), Data: c.Title + "\n" + details(c)}
	switch {
	case c.Verdict.Bad():
		t.Failure = result
	case !c.Verdict.Good():
		t.Skipped = &junit.Result{Message: strings.TrimSpace(string(c.Verdict) + " " + c.Reason)}
	case c.Verdict == conform.Flaky:
		t.SystemOut = &junit.Output{Data: "flaky: " + c.Reason}
	}
	return t
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
