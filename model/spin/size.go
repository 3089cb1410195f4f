package spin

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"accio/model/guarded"
)

// Size is what an exhaustive search for nothing in particular took.
type Size struct {
	States  int
	Edges   int
	Elapsed time.Duration // of the search alone
	Compile time.Duration
	Bytes   float64 // of memory for states and their table, a state
}

var (
	storedLine  = regexp.MustCompile(`(?m)^\s*(\d+) states, stored`)
	matchedLine = regexp.MustCompile(`(?m)^\s*(\d+) states, matched`) // the sum of both has 8 digits only
	usedLine    = regexp.MustCompile(`(?m)^\s*([0-9.]+)\s+(?:memory used for hash table|actual memory usage for states)`)
)

// Measure explores p with an optimized verifier, in a new directory within
// dir. The options are those of the verifier, such as -w24 and -m.
func Measure(dir string, p *guarded.Program, options ...string) (Size, error) {
	var s Size
	dir = filepath.Join(dir, "size")
	begun := time.Now()
	if err := generate(dir, p, "-o2"); err != nil {
		return s, err
	}
	if err := command(dir, "gcc", "-O2", "-w", "-DNOREDUCE", "-DSAFETY", "-DNOCLAIM", "-DMEMLIM=16000", "-o", "pan", "pan.c"); err != nil {
		return s, err
	}
	s.Compile = time.Since(begun)
	begun = time.Now()
	cmd := exec.Command("./pan", append([]string{"-E"}, options...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	s.Elapsed = time.Since(begun)
	if err != nil {
		return s, fmt.Errorf("spin: %w\n%s", err, out)
	}
	err = s.read(string(out))
	return s, err
}

// read takes the sizes from what a verifier has printed.
func (s *Size) read(output string) error {
	n, err := Errors(output)
	if err == nil && n > 0 {
		err = fmt.Errorf("spin: %d errors:\n%s", n, output)
	}
	if err != nil {
		return err
	}
	stored, matched := storedLine.FindStringSubmatch(output), matchedLine.FindStringSubmatch(output)
	used := usedLine.FindAllStringSubmatch(output, -1)
	if stored == nil || matched == nil || len(used) == 0 {
		return fmt.Errorf("spin: the sizes are missing:\n%s", output)
	}
	s.States, _ = strconv.Atoi(stored[1])
	s.Edges, _ = strconv.Atoi(matched[1])
	s.Edges += s.States - 1 // each is reached by a step, but for the initial one
	for _, m := range used {
		megabytes, _ := strconv.ParseFloat(m[1], 64)
		s.Bytes += megabytes * (1 << 20) / float64(s.States)
	}
	return nil
}
