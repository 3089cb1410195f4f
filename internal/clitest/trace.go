package clitest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"accio/protocol"
	"accio/trace"
)

// CheckTrace checks the trace of a server that has ended. Its results must be
// those on the server's standard output, if that was recorded; one that was
// killed may have missed to print the last. A server that had no connection
// has an empty trace.
func CheckTrace(file string, p *Process) (trace.Report, error) {
	f, err := os.Open(file)
	if err != nil {
		return trace.Report{}, err
	}
	defer f.Close()
	report, err := trace.Check(f, &protocol.Server)
	if err != nil {
		return report, err
	}
	recorded := p.cmd.Stdout == &p.Stdout
	printed := printedResults(p.Stdout.String())
	for _, v := range report.Violations {
		if !recorded || len(printed) > 0 || v.Rule != trace.RuleEmpty {
			err = errors.Join(err, fmt.Errorf("trace line %d: %s", v.Line, v))
		}
	}
	if err != nil || !recorded {
		return report, err
	}
	traced, err := tracedResults(file)
	if p.killed && len(traced) > len(printed) {
		traced = traced[:len(traced)-1]
	}
	if err == nil && !slices.Equal(traced, printed) {
		err = fmt.Errorf("the trace has the results %q, and standard output %q", traced, printed)
	}
	return report, err
}

func tracedResults(file string) (results []string, err error) {
	text, err := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		var end struct{ Result string }
		err = errors.Join(err, json.Unmarshal([]byte(line), &end))
		if end.Result != "" {
			results = append(results, end.Result)
		}
	}
	return results, err
}

// printedResults returns the number or ERROR of each line, which may be JSON.
func printedResults(stdout string) (results []string) {
	lines := bufio.NewScanner(strings.NewReader(stdout))
	for lines.Scan() {
		result := lines.Text()
		var object struct{ Bytes *int64 }
		if strings.HasPrefix(result, "{") && json.Unmarshal(lines.Bytes(), &object) == nil {
			result = "ERROR"
			if object.Bytes != nil {
				result = strconv.FormatInt(*object.Bytes, 10)
			}
		}
		results = append(results, result)
	}
	return results
}
