package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"accio/protocol"
)

// stopped is a connection that a shutdown ends in its first state.
func stopped(connection int) string {
	return fmt.Sprintf(`{"t":1,"connection":%d,"from":"SendAccio1","event":"shutdown","to":"Error"}
{"t":2,"connection":%[1]d,"result":"ERROR","bytes":0}
`, connection)
}

// A shutdown in the first line counts, and what follows it is told once.
func TestOneShutdownIsOneViolation(t *testing.T) {
	report := check(t, stopped(1)+stopped(2)+stopped(3))
	if len(report.Violations) != 1 || report.Violations[0].Rule != RuleShutdown || report.Violations[0].Line != 3 {
		t.Errorf("%+v", report.Violations)
	}
}

// What comes after a line that is too long is checked.
func TestALongLineEndsWhereItEnds(t *testing.T) {
	report := check(t, strings.Repeat("x", 3*maxLine)+"\n"+good)
	if len(report.Violations) != 1 || report.Violations[0].Line != 1 || report.Lines != 12 || report.Connections != 3 {
		t.Errorf("%+v", report)
	}
}

// An error of reading is no fault of the trace, and leaves what was read.
func TestAnErrorOfReadingLeavesTheReport(t *testing.T) {
	broken := errors.New("broken")
	report, err := Check(io.MultiReader(strings.NewReader(good+`{"t":`), iotest.ErrReader(broken)), &protocol.Server)
	if !errors.Is(err, broken) || report.Connections != 3 || len(report.Violations) != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestAHundredViolationsEndACheck(t *testing.T) {
	report := check(t, strings.Repeat("x\n", 200))
	if len(report.Violations) != 100 || !report.Stopped || report.Lines != 101 {
		t.Errorf("%d violations in %d lines", len(report.Violations), report.Lines)
	}
}

// A silence as long as the limit is long enough.
func TestSilenceAsLongAsTheLimit(t *testing.T) {
	if report := check(t, strings.Replace(good, `"silence":120`, `"silence":100`, 1)); len(report.Violations) != 0 {
		t.Errorf("%+v", report.Violations)
	}
}

// Whatever byte is in a text, the line is one line of JSON that has it.
func TestEncoderTakesAnyByte(t *testing.T) {
	for c := range 256 {
		var b strings.Builder
		text := "a" + string([]byte{byte(c)}) + "b"
		if err := NewEncoder(&b).End(End{Connection: 1, Result: text}); err != nil {
			t.Fatal(err)
		}
		var got struct{ Result string }
		err := json.Unmarshal([]byte(b.String()), &got)
		if want := strings.ToValidUTF8(text, "\ufffd"); err != nil || got.Result != want || !utf8.ValidString(b.String()) || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("%q: %q, %v", text, b.String(), err)
		}
	}
}
