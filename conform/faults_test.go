package conform

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"accio/conform/cage"
	"accio/internal/require"
	"accio/internal/share"
)

var update = flag.Bool("update", false, "write testdata/*-faults.txt, for the faults that are tried")

// The faults of the programs are found with a short idle limit.
const (
	faultIdle     = time.Second
	faultPatience = 700 * time.Millisecond
)

// wrongProgram is one with exactly one fault.
type wrongProgram struct {
	name    string
	command []string
}

// wrongPrograms are the variants of ours, and those in Python: each fault that
// testdata/ROLE.py asks for.
func wrongPrograms(t *testing.T, role string) []wrongProgram {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var list []wrongProgram
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		if variants[name].role == role {
			list = append(list, wrongProgram{name, []string{executable, variantName, name, faultIdle.String()}})
		}
	}
	python, script := require.Python(t), filepath.Join("testdata", role+".py")
	source, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, call := range regexp.MustCompile(`has\(("[^)]*)\)`).FindAllStringSubmatch(string(source), -1) {
		for _, name := range regexp.MustCompile(`"([a-z0-9-]+)"`).FindAllStringSubmatch(call[1], -1) {
			if name[1] != "no-" { // the beginning of some
				names[name[1]] = true
			}
		}
	}
	if role == "server" {
		for _, s := range []string{"no-sigint", "no-sigterm", "no-sigquit"} {
			names[s] = true
		}
	}
	if script, err = filepath.Abs(script); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		list = append(list, wrongProgram{"python: " + name, []string{python, "-IS", script, "--idle", fmt.Sprint(faultIdle.Seconds()), "--fault", name}})
	}
	return list
}

// golden has, for each fault, the cases that catch it. One with ? does so by
// chance; then cases of the same group may too.
type golden map[string][]string

// groups are the cases of each group, but for those that send gigabytes, which no fault
// is tried with.
func groups(role string) map[string][]string {
	all := map[string][]string{}
	for _, c := range Cases(role) {
		if c.need&large == 0 {
			all[Group(c.ID)] = append(all[Group(c.ID)], c.ID)
		}
	}
	return all
}

// readGolden reads a file in which GROUP/* stands for all cases of a group.
func readGolden(t *testing.T, name string, groups map[string][]string) golden {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !*update {
		t.Fatal(err)
	}
	g, fault := golden{}, ""
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimRight(line, "\n"); {
		case strings.HasPrefix(line, "\t"):
			ids := []string{line[1:]}
			if group, whole := strings.CutSuffix(line[1:], "/*"); whole {
				if ids = groups[group]; ids == nil {
					t.Errorf("%s: %s: there is no such group", name, fault)
				}
			}
			g[fault] = append(g[fault], ids...)
		case line != "" && !strings.HasPrefix(line, "#"):
			fault = line
			g[fault] = nil
		}
	}
	return g
}

func (g golden) write(t *testing.T, name string, groups map[string][]string) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("# The cases that catch each fault, GROUP/* for all of a group; ? is one that does so\n# by chance. Learned by:\n# ACCIO_LONG=1 go test -run TestWrongPrograms -timeout 60m ./conform -update\n")
	for _, fault := range slices.Sorted(maps.Keys(g)) {
		fmt.Fprintf(&b, "\n%s\n", fault)
		var lines []string
		for _, id := range g[fault] {
			group := Group(id)
			if !slices.ContainsFunc(groups[group], func(id string) bool { return !slices.Contains(g[fault], id) }) && len(groups[group]) > 1 {
				id = group + "/*"
			}
			lines = append(lines, id)
		}
		slices.Sort(lines)
		for _, line := range slices.Compact(lines) {
			fmt.Fprintf(&b, "\t%s\n", line)
		}
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// learn adds what a run has found: what is not in both becomes chance.
func (g golden) learn(fault string, failed []string) {
	old, known := g[fault]
	var list []string
	for _, id := range failed {
		if known && !slices.Contains(old, id) {
			id += " ?"
		}
		list = append(list, id)
	}
	for _, id := range old {
		bare := strings.TrimSuffix(id, " ?")
		if slices.Contains(failed, bare) {
			if bare != id {
				list = slices.DeleteFunc(list, func(l string) bool { return l == bare || l == bare+" ?" })
				list = append(list, id)
			}
		} else {
			list = append(list, bare+" ?")
		}
	}
	slices.Sort(list)
	g[fault] = slices.Compact(list)
}

// odd are the cases that failed and are not to, or did not and are.
func (g golden) odd(fault string, failed []string) (list []string) {
	chance := map[string]bool{} // groups
	for _, id := range g[fault] {
		if bare := strings.TrimSuffix(id, " ?"); bare != id {
			chance[Group(bare)] = true
		} else if !slices.Contains(failed, id) {
			list = append(list, id)
		}
	}
	for _, id := range failed {
		if !slices.Contains(g[fault], id) && !chance[Group(id)] {
			list = append(list, id)
		}
	}
	return list
}

// judge compares the cases that failed with those that are to. What is odd is tried
// once more, one after the other and with much patience: a machine may be busy.
func (g golden) judge(t *testing.T, role string, p wrongProgram, failed []string) {
	t.Helper()
	if _, known := g[p.name]; !known {
		t.Errorf("%s: nothing is known of it; -update learns", p.name)
		return
	}
	if odd := g.odd(p.name, failed); len(odd) > 0 {
		failed = slices.DeleteFunc(failed, func(id string) bool { return slices.Contains(odd, id) })
		s := newSuite(role, p.command)
		s.Jobs, s.Patience = 1, DefaultPatience
		s.Cases = slices.DeleteFunc(s.Cases, func(c Case) bool { return !slices.Contains(odd, c.ID) })
		failed = append(failed, failures(t, s)...)
	}
	if len(failed) == 0 {
		t.Errorf("%s: no case catches it", p.name)
	}
	for _, id := range g.odd(p.name, failed) {
		if slices.Contains(failed, id) {
			t.Errorf("%s: caught by %s, which has nothing to do with it", p.name, id)
		} else {
			t.Errorf("%s: not caught by %s", p.name, id)
		}
	}
}

func newSuite(role string, command []string) *Suite {
	return &Suite{Subject: Subject{Role: role, Command: command}, Cases: Cases(role), Idle: faultIdle, Patience: faultPatience,
		Limits: cage.Limits{Memory: 1 << 30, CPU: time.Minute, Files: 64 << 20, Output: 1 << 20, Processes: 256}}
}

// failures returns the cases that fail, in order.
func failures(t *testing.T, s *Suite) (failed []string) {
	t.Helper()
	r, err := s.Run(context.Background())
	if err != nil {
		t.Error(err)
	}
	for _, c := range r.Cases {
		if c.Verdict == Fail {
			failed = append(failed, c.ID)
		}
	}
	slices.Sort(failed)
	return failed
}

// allFailures are those of each program. A few are run at a time, as they mostly
// wait.
func allFailures(t *testing.T, role string, programs []wrongProgram) [][]string {
	t.Helper()
	const atOnce = 3
	failed := make([][]string, len(programs))
	var running sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for i, p := range programs {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			failed[i] = failures(t, newSuite(role, p.command))
		})
	}
	running.Wait()
	return failed
}

// Every fault is caught by the cases that should catch it, and by no other. In
// the longer run all are tried, or the share of ACCIO_FAULTS; else two.
func TestWrongPrograms(t *testing.T) {
	part, err := share.Parse(os.Getenv("ACCIO_FAULTS"))
	if err != nil {
		t.Fatalf("ACCIO_FAULTS is %v", err)
	}
	for role, atLeast := range map[string]int{"server": 40, "client": 30} {
		t.Run(role, func(t *testing.T) {
			list, name := wrongPrograms(t, role), filepath.Join("testdata", role+"-faults.txt")
			if len(list) < atLeast {
				t.Errorf("%d faults, wanted %d", len(list), atLeast)
			}
			groups := groups(role)
			g := readGolden(t, name, groups)
			var tried []wrongProgram
			for i, p := range list {
				if part.Has(i) && (os.Getenv("ACCIO_LONG") != "" || i == 1 || i == len(list)-2) {
					tried = append(tried, p)
				} else if _, known := g[p.name]; !known && !*update {
					t.Errorf("%s: nothing is known of it; -update learns", p.name)
				}
			}
			for i, failed := range allFailures(t, role, tried) {
				if *update {
					g.learn(tried[i].name, failed)
				} else {
					g.judge(t, role, tried[i], failed)
				}
			}
			if len(g) != len(list) && !*update {
				t.Errorf("%s has %d faults, there are %d", name, len(g), len(list))
			}
			want := 2
			if os.Getenv("ACCIO_LONG") != "" {
				want = part.Of(len(list))
			}
			if part == (share.Share{}) || os.Getenv("ACCIO_LONG") != "" {
				require.Ran(t, "faults", len(tried), want)
			}
			if *update {
				g.write(t, name, groups)
			}
		})
	}
}

// The programs in Python without a fault, which were written apart from ours,
// pass whole.
func TestRightPrograms(t *testing.T) {
	python := require.Python(t)
	for _, role := range []string{"server", "client"} {
		script, err := filepath.Abs(filepath.Join("testdata", role+".py"))
		if err != nil {
			t.Fatal(err)
		}
		const idle = 2 * faultIdle // what is to pass needs margins
		s := newSuite(role, []string{python, "-IS", script, "--idle", fmt.Sprint(idle.Seconds())})
		s.Idle, s.Patience = idle, 2*faultPatience
		r, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		passed, slow := 0, 0
		for _, c := range r.Cases {
			switch {
			case c.Verdict.Good():
				passed++
			case c.Verdict == Skip && strings.Contains(c.Reason, "too slow"): // so it was
				slow++
			case c.Verdict != Skip || !strings.Contains(c.Reason, "--large"):
				t.Errorf("%s: %s: %s\n%s", c.ID, c.Verdict, c.Reason, strings.Join(c.Transcript, "\n"))
			}
		}
		if least := map[string]int{"server": 130, "client": 75}[role]; passed+slow < least || passed < least/2 {
			t.Errorf("%d cases passed, wanted %d; the machine was too slow for %d", passed, least, slow)
		}
	}
}
