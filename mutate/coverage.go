package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// coverage is what the tests of a suite run, without a mutant.
type coverage struct {
	Blocks []block
	Units  []*unit // the quickest first
}

// A block is a piece of code that runs as a whole.
type block struct {
	File                       string // its base name
	Line, Col, EndLine, EndCol int
}

// A unit is a test that can be run alone, or one of the parts of a long test.
type unit struct {
	Name     string
	Duration time.Duration
	Hit      []int // blocks
}

// pattern is what selects the units for -test.run.
func pattern(units []*unit) string {
	var parts []string
	for _, u := range units {
		var levels []string
		for name := range strings.SplitSeq(u.Name, "/") {
			levels = append(levels, "^"+regexp.QuoteMeta(name)+"$")
		}
		parts = append(parts, strings.Join(levels, "/"))
	}
	return strings.Join(parts, "|")
}

// prepare measures once, or takes what was measured of the same files.
func (s *suite) prepare(ctx context.Context) error {
	s.measure.Do(func() {
		file := filepath.Join(s.cache, "coverage-"+s.hash+"-"+strings.ReplaceAll(s.mutated+"-"+s.pkg, "/", "."))
		if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &s.cover) == nil {
			return
		}
		if s.err = s.measureAll(ctx); s.err != nil {
			return
		}
		if text, err := json.Marshal(s.cover); err == nil {
			os.WriteFile(file, text, 0o644)
		}
	})
	return s.err
}

func (s *suite) measureAll(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := s.build(ctx, dir, "", "-cover", "-covermode=atomic", "-coverpkg="+s.mutated)
	if err != nil {
		return err
	}
	r := s.start(ctx, dir, binary, nil, time.Minute, "-test.list=.")
	for _, name := range regexp.MustCompile(`(?m)^(Test|Fuzz|Example)\S*$`).FindAllString(r.output, -1) {
		if err := s.measureOne(ctx, dir, binary, name); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.cover.Units, func(a, b *unit) int { return int(a.Duration - b.Duration) })
	return ctx.Err()
}

// measureOne adds the unit, or the parts of one that takes long.
func (s *suite) measureOne(ctx context.Context, dir, binary, name string) error {
	u := &unit{Name: name}
	counters := filepath.Join(dir, "counters")
	if err := os.MkdirAll(counters, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(counters)
	began := time.Now()
	r := s.start(ctx, dir, binary, []string{"GOCOVERDIR=" + counters}, 10*time.Minute, "-test.v", "-test.coverprofile="+filepath.Join(dir, "profile"), "-test.run="+pattern([]*unit{u}))
	u.Duration = time.Since(began)
	if !r.passed {
		if ctx.Err() == nil {
			fmt.Fprintf(os.Stderr, "mutate: %s: %s fails without a mutant, and is left out\n%s", s, name, last(r.output, 5))
		}
		return ctx.Err()
	}
	if u.Duration > time.Second && !strings.Contains(name, "/") {
		parts := regexp.MustCompile(`(?m)^=== RUN   (`+regexp.QuoteMeta(name)+`/[^/\s]+)$`).FindAllStringSubmatch(r.output, -1)
		if len(parts) > 1 && len(parts) < 100 {
			for _, part := range parts {
				if err := s.measureOne(ctx, dir, binary, part[1]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	profiles, err := profiles(ctx, dir, counters)
	if err != nil {
		return err
	}
	hit := map[int]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(profiles)); lines.Scan(); {
		path, place, ok := strings.Cut(lines.Text(), ":")
		var b block
		var statements, count int
		if !ok {
			continue
		}
		if n, _ := fmt.Sscanf(place, "%d.%d,%d.%d %d %d", &b.Line, &b.Col, &b.EndLine, &b.EndCol, &statements, &count); n != 6 {
			continue
		}
		b.File = filepath.Base(path)
		i := slices.Index(s.cover.Blocks, b)
		if i < 0 {
			i = len(s.cover.Blocks)
			s.cover.Blocks = append(s.cover.Blocks, b)
		}
		if count > 0 {
			hit[i] = true
		}
	}
	for i := range hit {
		u.Hit = append(u.Hit, i)
	}
	s.cover.Units = append(s.cover.Units, u)
	return nil
}

// profiles returns what the test wrote itself, and what commands that it ran did.
func profiles(ctx context.Context, dir, counters string) ([]byte, error) {
	own, err := os.ReadFile(filepath.Join(dir, "profile"))
	if err != nil {
		return nil, err
	}
	if files, err := os.ReadDir(counters); err != nil || len(files) == 0 {
		return own, err
	}
	name := filepath.Join(dir, "commands")
	if out, err := exec.CommandContext(ctx, "go", "tool", "covdata", "textfmt", "-i="+counters, "-o="+name).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("covdata: %w\n%s", err, out)
	}
	commands, err := os.ReadFile(name)
	return append(own, commands...), err
}

// covering returns the units that run the place of the mutant. What belongs to
// no block is run by whatever runs the function, or by all if there is none.
func (s *suite) covering(m *mutant) []*unit {
	file := filepath.Base(m.File)
	if !s.files[file] {
		return nil
	}
	at, function := -1, []int{}
	for i, b := range s.cover.Blocks {
		if b.File != file {
			continue
		}
		if b.contains(m.line, m.col) && (at < 0 || s.cover.Blocks[at].contains(b.Line, b.Col)) {
			at = i
		}
		if m.funcLine <= b.Line && b.EndLine <= m.funcEnd {
			function = append(function, i)
		}
	}
	if m.funcLine == 0 {
		return s.cover.Units
	}
	if at >= 0 {
		function = []int{at}
	}
	var units []*unit
	for _, u := range s.cover.Units {
		if slices.ContainsFunc(u.Hit, func(i int) bool { return slices.Contains(function, i) }) {
			units = append(units, u)
		}
	}
	return units
}

func (b block) contains(line, col int) bool {
	return (line > b.Line || line == b.Line && col >= b.Col) && (line < b.EndLine || line == b.EndLine && col < b.EndCol)
}

func last(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n-1):], "")
}
