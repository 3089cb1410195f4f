//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"accio/internal/clitest"
	"accio/protocol"
	"accio/trace"
)

// session is what was written of a connection: each line, and how often.
type session map[string]int

// fileLine is a line of the log, whole.
var fileLine = regexp.MustCompile(`\A20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\S* (DEBUG|INFO|WARN) (.+)\n\z`)

// loggedTransition is one of a transition.
var loggedTransition = regexp.MustCompile(`^(\w+) → (\w+) on (\w+) connection=(\d+) remote=`)

// Files are renamed and opened anew under clients, by the hundred: of no connection is a line
// lost, torn or twice, of the log or of the trace; each trace is a trace, and so are all of
// them together (§6.17).
func TestReopenUnderClients(t *testing.T) {
	for places, sessions := range map[int]int{1: 400, 64: 3000} {
		t.Run(strconv.Itoa(places), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			names := []string{filepath.Join(dir, "log"), filepath.Join(dir, "trace")}
			s := startLogged(t, names[0], nil, "--trace", names[1], "--verbose", "--json", "--idle-timeout", "1h", "--concurrency", strconv.Itoa(places))
			var slow []func(*testing.T) // clients that are in service from beginning to end
			for range places / 16 {
				c := s.client(t, header, turn)
				slow = append(slow, func(t *testing.T) { talk(t, c, ">late", "end", "eof") })
			}
			clients, done := clients(s.port, places-len(slow), sessions), make(chan error, 1)
			go func() { done <- clients() }()
			rounds, failed := 0, error(nil)
			for busy := true; busy; rounds++ {
				for _, name := range names {
					check(t, os.Rename(name, fmt.Sprint(name, ".", rounds)))
				}
				s.signal(t, syscall.SIGHUP)
				eventually(t, "both files are there", func() bool { return exists(names[0]) && exists(names[1]) })
				select {
				case failed = <-done:
					busy = false
				default:
				}
			}
			check(t, failed)
			for _, end := range slow {
				end(t)
			}
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			if text := s.Stderr.String(); text != "" || rounds < 20 {
				t.Errorf("%d rounds; standard error %q", rounds, text)
			}
			results := s.results(t)
			if want := sessions + len(slow); len(results) != want {
				t.Errorf("%d results, wanted %d", len(results), want)
			}
			traced := tracedSessions(t, names[1], results)
			if logged := loggedSessions(t, names[0]); !maps.EqualFunc(traced, logged, maps.Equal) {
				for n := range results {
					if !maps.Equal(traced[n], logged[n]) {
						t.Errorf("connection %d: traced %v, logged %v", n, traced[n], logged[n])
					}
				}
				t.Errorf("%d connections are traced, %d logged", len(traced), len(logged))
			}
			t.Logf("%d rounds, %d connections", rounds, len(results))
		})
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// clients returns what has so many sessions with the server, some at a time, good and bad.
func clients(port, together, sessions int) func() error {
	return func() error {
		next := make(chan int)
		go func() {
			defer close(next)
			for i := range sessions {
				next <- i
			}
		}()
		var all sync.WaitGroup
		failures := make(chan error, together)
		for range together {
			all.Go(func() {
				var first error
				for i := range next {
					if first == nil { // or else they go on being taken
						first = oneSession(port, i)
					}
				}
				failures <- first
			})
		}
		all.Wait()
		var err error
		for range together {
			err = errors.Join(err, <-failures)
		}
		return err
	}
}

func oneSession(port, i int) error {
	c, err := connect(port)
	if err != nil {
		return err
	}
	defer c.Close()
	if i%5 == 4 {
		return clitest.Talk(c, `<accio\r\n`, ">nonsense", "gone")
	}
	return clitest.Talk(c, header, turn, ">"+strings.Repeat("x", rand.IntN(300)), "end", "eof")
}

// results returns the result of each connection, as a trace has it.
func (s *server) results(t *testing.T) map[uint64]string {
	t.Helper()
	results := map[uint64]string{}
	for line := range strings.Lines(s.Stdout.String()) {
		var r struct {
			Connection uint64
			Bytes      *int64
		}
		check(t, json.Unmarshal([]byte(line), &r))
		result := trace.ErrorResult
		if r.Bytes != nil {
			result = strconv.FormatInt(*r.Bytes, 10)
		}
		results[r.Connection] = result
	}
	return results
}

// tracedSessions checks the traces of that name, each alone and all together, the oldest
// first, and returns the transitions of each connection; it expects of each one end, with that result.
func tracedSessions(t *testing.T, name string, results map[uint64]string) map[uint64]session {
	t.Helper()
	sessions, ends := map[uint64]session{}, 0
	parts := map[uint64]string{} // by their first connections
	for _, file := range append(matches(t, name+".*"), name) {
		text, err := os.ReadFile(file)
		check(t, err)
		var head struct{ First uint64 }
		check(t, json.Unmarshal(bytes.SplitAfter(text, []byte("\n"))[0], &head))
		parts[head.First] += string(text)
		report, err := trace.Check(bytes.NewReader(text), &protocol.Server)
		if err != nil || len(report.Violations) > 0 {
			t.Errorf("%s: %v, %v", file, err, report.Violations)
		}
		for line := range bytes.Lines(text) {
			var l struct {
				Connection              uint64
				From, Event, To, Result string
			}
			check(t, json.Unmarshal(line, &l))
			switch {
			case l.Result != "":
				if ends++; results[l.Connection] != l.Result {
					t.Errorf("%s: connection %d has the result %s, wanted %s", file, l.Connection, l.Result, results[l.Connection])
				}
			case l.From != "":
				add1(sessions, l.Connection, l.From+" "+l.To+" "+l.Event)
			}
		}
	}
	together := ""
	for _, first := range slices.Sorted(maps.Keys(parts)) {
		together += parts[first]
	}
	report, err := trace.Check(strings.NewReader(together), &protocol.Server)
	if err != nil || len(report.Violations) > 0 || report.Connections != len(results) || report.Connections != len(sessions) || ends != len(results) {
		t.Errorf("together: %d connections, %d ends, wanted %d; %v, %v", report.Connections, ends, len(results), err, report.Violations)
	}
	return sessions
}

// loggedSessions expects whole lines in the logs of that name, and returns the transitions of
// each connection.
func loggedSessions(t *testing.T, name string) map[uint64]session {
	t.Helper()
	sessions := map[uint64]session{}
	for _, file := range append(matches(t, name+".*"), name) {
		text, err := os.ReadFile(file)
		check(t, err)
		for line := range strings.Lines(string(text)) {
			m := fileLine.FindStringSubmatch(line)
			if m == nil || strings.Contains(line, "reopen the") || strings.Contains(line, "missing") {
				t.Errorf("%s: %q", file, line)
				continue
			}
			if tr := loggedTransition.FindStringSubmatch(m[2]); tr != nil {
				n, err := strconv.ParseUint(tr[4], 10, 64)
				check(t, err)
				add1(sessions, n, tr[1]+" "+tr[2]+" "+tr[3])
			}
		}
	}
	return sessions
}

func add1(sessions map[uint64]session, connection uint64, what string) {
	if sessions[connection] == nil {
		sessions[connection] = session{}
	}
	sessions[connection][what]++
}

func matches(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	check(t, err)
	if len(files) == 0 {
		t.Fatalf("no %s", pattern)
	}
	slices.Sort(files)
	return files
}
