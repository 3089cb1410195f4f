// Package faults puts a bad network between clients and a real server-s, and
// looks at the line of every connection. The network is Toxiproxy, in this
// process; the module is one of its own, so that nobody else needs it.
//
// ACCIO_LONG=1 has four times as many clients, and 50 random networks instead
// of two.
package faults

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
)

// command is a server-s built with some tags.
type command struct{ name, tags, program string }

// servers are those that are tried.
var servers = []*command{{name: "fast"}, {name: "portable", tags: "portable"}}

// long is how many times more there is to do with ACCIO_LONG.
func long(times int) int {
	if os.Getenv("ACCIO_LONG") == "" {
		return 1
	}
	return times
}

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "8")           // they mostly wait
	zerolog.SetGlobalLevel(zerolog.Disabled) // the toxics have a logger of their own
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "accio-faults-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	for _, s := range servers {
		s.program = filepath.Join(dir, "server-s-"+s.name)
		build := exec.Command("go", "build", "-tags", s.tags, "-o", s.program, "./cmd/server-s")
		build.Dir = ".."
		if text, err := build.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("go build: %w\n%s", err, text)
		}
	}
	return m.Run(), nil
}
