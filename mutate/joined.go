package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// joined returns the test program that has all mutants in it, or nothing if it
// cannot be built or does not pass without one.
func (s *suite) joined(ctx context.Context, root string) string {
	s.joining.Do(func() {
		dir, err := os.MkdirTemp("", "mutate")
		if err != nil {
			return
		}
		program, err := s.join(ctx, root, dir)
		if err == nil {
			err = s.withoutMutant(ctx, dir, program)
		}
		if err != nil {
			os.RemoveAll(dir)
			if ctx.Err() == nil {
				fmt.Fprintf(os.Stderr, "mutate: %s: mutants are built one by one, not together: %v\n", s, err)
			}
			return
		}
		s.program = program
	})
	return s.program
}

// join builds, and takes out the mutants at lines that do not compile, until
// it does.
func (s *suite) join(ctx context.Context, root, dir string) (program string, err error) {
	out := map[*mutant]bool{}
	for range 5 {
		if program, err = s.build(ctx, dir, s.joinOverlay(root, dir, out), "-ldflags=-s -w"); err == nil {
			break
		}
		wrong, ok := errors.AsType[compileError](err)
		if !ok || !s.takeOut(string(wrong), out) {
			return "", err
		}
	}
	if err != nil {
		return "", err
	}
	s.alone = out
	return program, nil
}

func (s *suite) joinOverlay(root, dir string, out map[*mutant]bool) string {
	byFile := map[string][]*mutant{}
	for _, m := range s.all {
		if s.files[filepath.Base(m.File)] && !out[m] {
			byFile[m.File] = append(byFile[m.File], m)
		}
	}
	files := map[string][]byte{}
	for name, mutants := range byFile {
		path := filepath.Join(root, filepath.FromSlash(name))
		files[path] = together(mutants)
		clause := regexp.MustCompile(`(?m)^package \w+`).Find(mutants[0].source)
		files[filepath.Join(filepath.Dir(path), "zz_mutants.go")] = append(clause, helperCode...)
	}
	overlay, err := writeOverlay(dir, files)
	if err != nil {
		return ""
	}
	return overlay
}

// takeOut finds the mutants at the lines that the compiler complains of.
func (s *suite) takeOut(complaint string, out map[*mutant]bool) (found bool) {
	for _, at := range regexp.MustCompile(`([^/\s:]+\.go):(\d+):`).FindAllStringSubmatch(complaint, -1) {
		line, _ := strconv.Atoi(at[2])
		for _, m := range s.all {
			t := m.together
			if t == nil || out[m] || filepath.Base(m.File) != at[1] {
				continue
			}
			first := 1 + strings.Count(string(m.source[:t.start]), "\n")
			last := first + strings.Count(string(m.source[t.start:t.end]), "\n")
			if first == line || last == line {
				out[m], found = true, true
			}
		}
	}
	return found
}

// withoutMutant runs the tests in the program while it is none of the mutants,
// and finds those that fail even so: the ones that count allocations, say.
func (s *suite) withoutMutant(ctx context.Context, dir, program string) error {
	var sum time.Duration
	for _, u := range s.cover.Units {
		sum += u.Duration
	}
	run := func(units []*unit) result {
		return s.start(ctx, dir, program, nil, time.Minute+10*sum, "-test.parallel=16", "-test.run="+pattern(units))
	}
	r := run(s.cover.Units)
	if r.passed {
		return nil
	}
	for _, u := range s.cover.Units {
		if regexp.MustCompile(`(?m)^ *--- FAIL: ` + regexp.QuoteMeta(u.Name) + ` `).MatchString(r.output) {
			s.dislike[u] = true
		}
	}
	if liked, _ := s.like(s.cover.Units); !run(liked).passed {
		return errors.New("its tests fail:\n" + last(r.output, 20))
	}
	return nil
}

// like parts the units into those that pass in the program with all mutants,
// and the rest.
func (s *suite) like(units []*unit) (yes, no []*unit) {
	for _, u := range units {
		if s.dislike[u] {
			no = append(no, u)
		} else {
			yes = append(yes, u)
		}
	}
	return yes, no
}

// environment makes the program be the mutant.
func (m *mutant) environment(dir string) []string {
	return []string{"ACCIO_MUTANT=" + m.number(), "GOCOVERDIR=" + filepath.Join(dir, m.number())}
}
