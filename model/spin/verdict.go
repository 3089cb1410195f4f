package spin

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"accio/model/guarded"
)

// Verdict is what SPIN says of a claim.
type Verdict struct {
	Holds bool
	// Steps is the length of a shortest run that decides a safety claim: the
	// counterexample, or the witness of a claim that something is possible.
	// It is -1 if there is none.
	Steps int
}

// Decide has SPIN decide a claim of p.
func (s *Session) Decide(p *guarded.Program, c guarded.Claim) (Verdict, error) {
	k := live
	if c.Safety() {
		k = safety
	}
	if err := s.forget(); err != nil {
		return Verdict{}, err
	}
	var out strings.Builder
	err := s.run(k, p, []string{"-N", c.Name}, func(line string) { out.WriteString(line + "\n") })
	if err != nil {
		return Verdict{}, fmt.Errorf("%w\n%s", err, &out)
	}
	n, err := Errors(out.String())
	if err != nil {
		return Verdict{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	v := Verdict{Holds: (n == 0) != c.Reaches(), Steps: -1}
	if n > 0 && c.Safety() {
		v.Steps, err = s.trail()
	}
	return v, err
}

var errorsLine = regexp.MustCompile(`(?m)errors: (\d+)$`)

// Errors returns the number of errors that a verifier's output tells of. It
// is an error if the output tells none, or that the search was cut short
// without finding one.
func Errors(output string) (int, error) {
	found := errorsLine.FindAllStringSubmatch(output, -1)
	if len(found) != 1 {
		return 0, fmt.Errorf("spin: not one line has the number of errors:\n%s", output)
	}
	for _, sign := range []string{"max search depth too small", "out of memory", "aborted (at depth", "truncated"} {
		if strings.Contains(output, sign) {
			return 0, fmt.Errorf("spin: the search was cut short: %s:\n%s", sign, output)
		}
	}
	n, err := strconv.Atoi(found[0][1])
	if err == nil && n == 0 && strings.Contains(output, "Search not completed") {
		err = fmt.Errorf("spin: the search was not completed:\n%s", output)
	}
	return n, err
}

// forget removes the trails of earlier searches: a liveness violation leaves
// one that nobody reads.
func (s *Session) forget() error {
	files, err := s.trails()
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

func (s *Session) trails() ([]string, error) { return filepath.Glob(filepath.Join(s.dir, "*.trail")) }

// trail returns the number of steps in the trail that a search has left.
// Process 1 is the system, and lines with a negative number are no steps.
func (s *Session) trail() (int, error) {
	files, err := s.trails()
	if err != nil {
		return 0, err
	}
	if len(files) != 1 {
		return 0, fmt.Errorf("spin: not one trail: %v", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return 0, err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) == 3 && fields[1] == "1" && !strings.HasPrefix(line, "-") {
			n++
		}
	}
	return n, nil
}
