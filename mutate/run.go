package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What has become of a mutant.
const (
	killed    = "killed"
	survived  = "survived"
	invalid   = "invalid"   // it does not compile
	undecided = "undecided" // the time was up, or the machine too slow to tell
)

// try runs the units of the suite that run the mutant, the quickest first.
func (s *suite) try(ctx context.Context, m *mutant, root string) (verdict, by string, err error) {
	if err := s.prepare(ctx); ctx.Err() != nil {
		return undecided, "", nil
	} else if err != nil {
		return undecided, "", err
	}
	units := s.inOrder(s.covering(m))
	if len(units) == 0 {
		return survived, "not covered", nil
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return undecided, "", err
	}
	defer os.RemoveAll(dir)
	if program := s.joined(ctx, root); program != "" && m.together != nil && !s.alone[m] {
		var rest []*unit // which do not like the program
		units, rest = s.like(units)
		verdict, by = s.runIn(ctx, dir, program, m.environment(dir), units)
		if units = rest; verdict != survived || len(units) == 0 {
			return verdict, by, nil
		}
	}
	overlay, err := m.overlay(root, dir)
	if err != nil {
		return undecided, "", err
	}
	program, err := s.build(ctx, dir, overlay, "-ldflags=-s -w")
	if ctx.Err() != nil {
		return undecided, "", nil
	}
	if _, ok := errors.AsType[compileError](err); ok {
		return invalid, "", nil
	} else if err != nil {
		return undecided, "", err
	}
	verdict, by = s.runIn(ctx, dir, program, []string{s.goflags(overlay)}, units)
	return verdict, by, nil
}

// runIn runs the units in the program, some at a time, until one fails.
func (s *suite) runIn(ctx context.Context, dir, program string, env []string, units []*unit) (verdict, by string) {
	for limit := 300 * time.Millisecond; len(units) > 0; limit *= 8 {
		n, sum := 0, time.Duration(0)
		for n == 0 || n < len(units) && sum+units[n].Duration <= limit {
			sum += units[n].Duration
			n++
		}
		slice := units[:n]
		units = units[n:]
		allowed := 10*time.Second + 4*sum
		r := s.start(ctx, dir, program, env, allowed, "-test.failfast", "-test.parallel=16", "-test.run="+pattern(slice))
		switch {
		case ctx.Err() != nil:
			return undecided, ""
		case r.late:
			if s.far(ctx, dir, slice, allowed) {
				return killed, "time limit of " + slice[0].Name
			}
			return undecided, "the machine is slow"
		case !r.passed:
			return killed, s.killer(r.output)
		}
	}
	return survived, ""
}

// inOrder puts the quick ones first, and those that have killed before.
func (s *suite) inOrder(units []*unit) []*unit {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	slices.SortStableFunc(units, func(a, b *unit) int {
		return int(a.Duration/time.Duration(1+s.kills[a.Name]) - b.Duration/time.Duration(1+s.kills[b.Name]))
	})
	return units
}

// killer returns the test that failed.
func (s *suite) killer(output string) string {
	found := regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`).FindAllStringSubmatch(output, -1)
	if found == nil {
		return "the end of the process"
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, f := range found {
		s.kills[f[1]]++
	}
	return found[0][1]
}

// far says whether the same tests, here and now and without the mutant, are far
// from the time that the mutant was given.
func (s *suite) far(ctx context.Context, dir string, units []*unit, allowed time.Duration) bool {
	sub := filepath.Join(dir, "far")
	if os.Mkdir(sub, 0o755) != nil {
		return false
	}
	program := s.program
	if program == "" {
		program, _ = s.build(ctx, sub, "", "-ldflags=-s -w")
	}
	return program != "" && s.start(ctx, sub, program, nil, allowed/3, "-test.parallel=16", "-test.run="+pattern(units)).passed
}

// overlay writes the mutant and returns the file for go build -overlay.
func (m *mutant) overlay(root, dir string) (string, error) {
	original := filepath.Join(root, filepath.FromSlash(m.File))
	return writeOverlay(dir, map[string][]byte{original: m.apply()})
}

func writeOverlay(dir string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for name, text := range files {
		replace[name] = filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(replace[name], text, 0o644); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o644)
}

// compileError is what the compiler says of what replaces the source.
type compileError string

func (e compileError) Error() string { return string(e) }

// build returns the test program. The error is a [compileError] if it is the
// fault of the overlay.
func (s *suite) build(ctx context.Context, dir, overlay string, args ...string) (string, error) {
	binary := filepath.Join(dir, "test")
	args = append([]string{"test", "-c", "-vet=off", "-tags=" + s.tags, "-o=" + binary}, args...)
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, s.dir)...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		return binary, nil
	}
	if overlay != "" && bytes.Contains(out, []byte(".go:")) {
		return "", compileError(out)
	}
	return "", fmt.Errorf("go %s %s: %w\n%s", strings.Join(args, " "), s.dir, err, out)
}

// goflags makes what the tests build be of the mutant too.
func (s *suite) goflags(overlay string) string {
	return "GOFLAGS=-tags=" + s.tags + " -overlay=" + overlay
}

type result struct {
	passed, late bool
	output       string
}

// start runs the test program as go test would, with a limit, and ends whatever
// it leaves behind.
func (s *suite) start(ctx context.Context, dir, binary string, env []string, limit time.Duration, args ...string) result {
	ctx, cancel := context.WithTimeout(ctx, limit+5*time.Second)
	defer cancel()
	scratch := filepath.Join(dir, "scratch")
	os.Mkdir(scratch, 0o755)
	defer os.RemoveAll(scratch)
	cmd := bounded(ctx, binary, append(args, "-test.timeout="+limit.String())...)
	cmd.Dir = s.dir
	cmd.Env = append(append(os.Environ(), "TMPDIR="+scratch), env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	endGroup(cmd)
	return result{
		passed: err == nil,
		late:   ctx.Err() != nil || strings.Contains(output.String(), "panic: test timed out"),
		output: output.String(),
	}
}
