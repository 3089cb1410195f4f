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
	storedLine = regexp.MustCompile(`(?m)^\s*(\d+) states, stored`)
	edgesLine  = regexp.MustCompile(`(?m)^\s*(\d+) transitions \(= stored\+matched\)`)
	usedLine   = regexp.MustCompile(`(?m)^\s*([0-9.]+)\s+(?:memory used for hash table|actual memory usage for states)`)
)

// Measure explores p with an optimized verifier, in a new directory within
// dir. The options are those of the verifier, such as -w24 and -m.
func Measure(dir string, p *guarded.Program, options ...string) (Size, error) {
	var s Size
	dir = filepath.Join(dir, "size")
	begun := time.Now()
	if err := generate(dir, p); err != nil {
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
	n, err := Errors(string(out))
	if err != nil || n > 0 {
		return s, fmt.Errorf("spin: %d errors, %w\n%s", n, err, out)
	}
	stored, edges := storedLine.FindSubmatch(out), edgesLine.FindSubmatch(out)
	used := usedLine.FindAllSubmatch(out, -1)
	if stored == nil || edges == nil || len(used) == 0 {
		return s, fmt.Errorf("spin: the sizes are missing:\n%s", out)
	}
	s.States, _ = strconv.Atoi(string(stored[1]))
	s.Edges, _ = strconv.Atoi(string(edges[1]))
	s.Edges-- // the initial state counts as one
	for _, m := range used {
		megabytes, _ := strconv.ParseFloat(string(m[1]), 64)
		s.Bytes += megabytes * (1 << 20) / float64(s.States)
	}
	return s, nil
}
