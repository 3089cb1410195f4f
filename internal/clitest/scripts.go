package clitest

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"accio/internal/require"

	"github.com/rogpeppe/go-internal/testscript"
)

// finished is the last line of every script.
const finished = "finished"

// RunScripts runs the scripts of testdata/script with Commands, those of p, and
//
//	needs TOOL...   skip the script where a tool is missing (require.Tool)
//	finished        the script's last line, which it has to reach
//
// A command named like a builtin of testscript would never run; that is an error.
func RunScripts(t *testing.T, p testscript.Params) {
	t.Helper()
	p.Dir, p.RequireExplicitExec = "testdata/script", true
	cmds := Commands()
	maps.Copy(cmds, p.Cmds)
	cmds["needs"], cmds[finished] = needs, func(ts *testscript.TestScript, _ bool, _ []string) { Named(ts).finished = true }
	p.Cmds = cmds
	if taken, err := builtins(slices.Sorted(maps.Keys(cmds))); err != nil || len(taken) > 0 {
		t.Fatalf("builtins of testscript hide the commands %q, %v", taken, err)
	}
	files, err := filepath.Glob(p.Dir + "/*.txtar")
	Check(t, err)
	for _, file := range files {
		if err := lastLine(file); err != nil {
			t.Error(err)
		}
	}
	var begun atomic.Int32
	t.Cleanup(func() { require.Ran(t, "scripts", int(begun.Load()), len(files)) })
	inner := p.Setup
	p.Setup = func(env *testscript.Env) error {
		names := &Names{}
		if err := setup(env, names); err != nil {
			return err
		}
		names.t = env.T()
		begun.Add(1)
		env.Defer(func() {
			if !names.finished && !t.Failed() {
				t.Errorf("%s: the script ended before its last line", env.WorkDir)
			}
		})
		if inner != nil {
			return inner(env)
		}
		return nil
	}
	testscript.Run(t, p)
}

func lastLine(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	script, _, _ := strings.Cut("\n"+string(text), "\n-- ")
	if !strings.HasSuffix(strings.TrimRight(script, "\n"), "\n"+finished) {
		return fmt.Errorf("%s: the last line of the script is not %q", file, finished)
	}
	return nil
}

func needs(ts *testscript.TestScript, neg bool, tools []string) {
	arguments(ts, neg, tools, 1, "needs TOOL...")
	for _, tool := range tools {
		if skip, err := require.Lookup(tool); err != nil && !skip {
			ts.Fatalf("%v", err)
		} else if err != nil {
			Named(ts).finished = true
			Named(ts).t.Skip(err)
		}
	}
}

// builtins returns those of the names that testscript takes for its own.
func builtins(names []string) (taken []string, err error) {
	dir, err := os.MkdirTemp("", "builtins")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var files []string
	for _, name := range names {
		file := filepath.Join(dir, name+".txtar")
		err = errors.Join(err, os.WriteFile(file, []byte(name+"\n"), 0o600))
		files = append(files, file)
	}
	asked := new(asked)
	testscript.RunT(asked, testscript.Params{Files: files})
	for _, name := range names {
		if !strings.Contains(asked.log.String(), fmt.Sprintf("unknown command %q", name)) {
			taken = append(taken, name)
		}
	}
	return taken, err
}

// asked is a test of which only one thing is of interest: what its scripts log.
type asked struct{ log strings.Builder }

func (a *asked) Run(_ string, f func(testscript.T)) {
	done := make(chan struct{})
	go func() { // which Fatal ends
		defer close(done)
		f(a)
	}()
	<-done
}

func (a *asked) Log(args ...any)   { fmt.Fprintln(&a.log, args...) }
func (a *asked) Fatal(args ...any) { a.Log(args...); runtime.Goexit() }
func (a *asked) Skip(...any)       { runtime.Goexit() }
func (a *asked) FailNow()          { runtime.Goexit() }
func (a *asked) Parallel()         {}
func (a *asked) Verbose() bool     { return false }
