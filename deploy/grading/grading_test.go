//go:build unix

package grading

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accio/internal/require"
)

// class builds accio into PATH, and returns a directory with clients that end at
// once: those with an even number with the exit status that the cases want.
func class(t *testing.T, n int) (submissions, results string, env []string) {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "real-accio"), "accio/cmd/accio").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// A few cases are enough to see that the recipe works.
	few := "#!/bin/sh\nset -f\nrole=$3\nshift 3\nexec real-accio conform batch \"$role\" --run client/process/bad-port-word --run client/process/bad-port-huge \"$@\"\n"
	submissions, results = filepath.Join(dir, "submissions"), filepath.Join(dir, "results")
	write(t, filepath.Join(bin, "accio"), few)
	for i := range n {
		write(t, filepath.Join(submissions, fmt.Sprintf("s%d.sh", i)), fmt.Sprintf("exit %d\n", 1-i%2))
	}
	if err := os.Mkdir(results, 0o755); err != nil {
		t.Fatal(err)
	}
	return submissions, results, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// judge expects the matrix of all.
func judge(t *testing.T, results string, n int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(results, "matrix.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	require.Ran(t, "submissions", len(rows)-1, n)
	for i, row := range rows[1:] {
		if want := fmt.Sprintf("[s%d %d 2 ", i, 2-2*(i%2)); !strings.HasPrefix(fmt.Sprint(row), want) {
			t.Errorf("%q, wanted %s", row, want)
		}
	}
}

func TestParallel(t *testing.T) {
	require.Tool(t, "parallel")
	submissions, results, env := class(t, 5)
	cmd := exec.Command("./parallel.sh", "client", submissions, results, "3")
	cmd.Env = append(env, "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	judge(t, results, 5)
}

// Gradescope gives the directories, and reads results.json.
func TestGradescope(t *testing.T) {
	python := require.Tool(t, "python3")
	_, _, env := class(t, 0)
	for server, want := range map[string]string{"import sys; sys.exit(1)": `"tests"`, "": `"tests"`} {
		base := t.TempDir()
		write(t, filepath.Join(base, "submission", "server.py"), server)
		if err := os.Mkdir(filepath.Join(base, "results"), 0o755); err != nil {
			t.Fatal(err)
		}
		bin := filepath.Join(base, "bin")
		write(t, filepath.Join(bin, "accio"), "#!/bin/sh\nshift 2\nexec real-accio conform server --run server/process/no-port --run server/process/sigint \"$@\"\n")
		cmd := exec.Command("./gradescope/run_autograder")
		cmd.Env = append(env, "AUTOGRADER="+base, "PATH="+bin+":"+strings.TrimPrefix(env[len(env)-1], "PATH="))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(filepath.Join(base, "results", "results.json"))
		if err != nil {
			t.Fatal(err)
		}
		var result struct {
			Score *float64
			Tests []struct {
				Max    float64 `json:"max_score"`
				Output string
			}
		}
		if err := json.Unmarshal(text, &result); err != nil || result.Score == nil || !strings.Contains(string(text), want) || len(result.Tests) != 2 {
			t.Errorf("%s %q: %s, %v", python, server, text, err)
		}
		if strings.Contains(string(text), "hint ") {
			t.Errorf("it tells a hint: %s", text)
		}
	}
}
