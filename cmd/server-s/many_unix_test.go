//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

// pageURL is where a server's page has that path.
func (s *server) pageURL(path string) string {
	return pageAddress.FindStringSubmatch(s.Stderr.String())[1] + path
}

// body returns what a page says.
func body(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	check(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	return string(text)
}

// Some connections at a time, each with its line in the order in which they end; what was
// printed, logged and traced of them agrees, and the page's numbers do (§5.6).
func TestSomeAtATime(t *testing.T) {
	t.Parallel()
	s, file := startTraced(t, nil, "--concurrency", "3", "--http", "0", "--json")
	check(t, s.Stderr.Wait(pageAddress.String()))
	first, second, third := s.client(t, header, ">a", turn), s.client(t, header, ">bb", turn), s.client(t, `<accio\r\n`)
	waits := s.client(t)
	check(t, s.Stderr.Wait("listening"))
	for page, want := range map[string]string{
		"/api/state": `"inService":3,`,
		"/metrics":   "\naccio_places 3\n",
		"/readyz":    "listening\n",
	} {
		if text := body(t, s.pageURL(page)); !strings.Contains(text, want) {
			t.Errorf("%s has no %q: %s", page, want, text)
		}
	}
	talk(t, second, "end", "eof")
	talk(t, waits, `<accio\r\n`)
	talk(t, third, ">x", "gone")
	talk(t, first, ">a", "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	var results []string
	for line := range strings.Lines(s.Stdout.String()) {
		number := line[strings.Index(line, ":")+1 : strings.Index(line, ",")]
		what := "ERROR"
		if strings.Contains(line, `"bytes":2,`) {
			what = "2"
		}
		results = append(results, number+" "+what)
	}
	if got := strings.Join(results, ", "); got != "2 2, 3 ERROR, 1 2, 4 ERROR" {
		t.Errorf("%s: %s", got, &s.Stdout)
	}
	report, err := clitest.CheckTrace(file, s.Process)
	if err != nil || report.Connections != 4 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A signal lets those in service go on, and nobody else in; a second one, or the time,
// ends them (§6.12).
func TestDrain(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"they end", "a second signal", "time"} {
		for _, places := range []int{1, 3} {
			t.Run(fmt.Sprint(how, places), func(t *testing.T) {
				t.Parallel()
				limit := "1h"
				if how == "time" {
					limit = "1s"
				}
				s, _ := startTraced(t, nil, "--drain", limit, "--concurrency", fmt.Sprint(places), "--http", "0")
				check(t, s.Stderr.Wait(pageAddress.String()))
				c := s.client(t, header, ">late", turn)
				s.signal(t, syscall.SIGTERM)
				check(t, s.Stderr.Wait("INFO draining: .* connections=1 limit="+limitText(limit)))
				if resp, err := http.Get(s.pageURL("/readyz")); err == nil {
					resp.Body.Close()
					if resp.StatusCode != http.StatusServiceUnavailable {
						t.Errorf("it is ready in a drain: %s", resp.Status)
					}
				} else if how != "time" {
					t.Error(err)
				}
				if other, err := connect(s.port); err == nil {
					other.Close()
					t.Error("a client can connect in a drain")
				}
				want := "ERROR\n"
				switch how {
				case "they end":
					talk(t, c, "end", "eof")
					want = "4\n"
				case "a second signal":
					s.signal(t, syscall.SIGINT)
				}
				s.ends(t, 0)
				if got := s.Stdout.String(); got != want {
					t.Errorf("standard output %q, wanted %q", got, want)
				}
			})
		}
	}
}

func limitText(limit string) string { return strings.Replace(limit, "1h", "1h0m0s", 1) }

// So many connections are served, one after another or at a time, and then the server
// ends by itself (§6.13).
func TestSoManyConnections(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{"-n 2", "--connections 2 --concurrency max", "--once"} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			s, _ := startTraced(t, nil, append(strings.Fields(flags), "--http", "0")...)
			check(t, s.Stderr.Wait(pageAddress.String()))
			want := ""
			n := map[bool]int{true: 1, false: 2}[flags == "--once"]
			for i := range n {
				c := s.client(t, header, ">"+strings.Repeat("x", i+1), turn)
				if i+1 == n {
					if other, err := connect(s.port); err == nil {
						other.Close()
						t.Error("it listens while it serves the last")
					}
					if resp, err := http.Get(s.pageURL("/readyz")); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
						t.Errorf("it is ready while it serves the last: %v, %v", resp, err)
					} else {
						resp.Body.Close()
					}
				}
				talk(t, c, "end", "eof")
				want += fmt.Sprintln(i + 1)
			}
			s.ends(t, 0)
			if got := s.Stdout.String(); got != want {
				t.Errorf("standard output %q, wanted %q", got, want)
			}
		})
	}
}

// More places than there can be descriptors for are an error that says what would do, and
// the most that there can be are enough for the page and the trace beside them.
func TestPlacesAndDescriptors(t *testing.T) {
	t.Parallel()
	few := func(cmd *exec.Cmd, _ *clitest.Process) { clitest.Limit(cmd, 200) }
	fails := func(want string, flags ...string) {
		t.Helper()
		cmd := exec.Command("server-s", append(flags, "1")...)
		clitest.Limit(cmd, 200)
		p, err := clitest.Start(cmd)
		check(t, err)
		status, err := p.Wait()
		check(t, err)
		if text := p.Stderr.String(); status != 1 || text != want {
			t.Errorf("%v: exit status %d, %q; wanted %q", flags, status, text, want)
		}
	}
	fails("ERROR: --concurrency 185: the limit of file descriptors (ulimit -n) leaves room for 184; raise it by 1, or say --concurrency max\n", "--concurrency", "185")
	fails("ERROR: --concurrency 107: the limit of file descriptors (ulimit -n) leaves room for 106; raise it by 1, or say --concurrency max\n", "--concurrency", "107", "--http", "0")

	s, _ := startTraced(t, few, "--concurrency", "max", "--http", "0")
	check(t, s.Stderr.Wait(pageAddress.String()))
	for range 98 {
		s.client(t, `<accio\r\n`)
	}
	if text := body(t, s.pageURL("/metrics")); !strings.Contains(text, "\naccio_places 98\n") {
		t.Error(text)
	}
	eventually(t, "all wait for a confirmation", func() bool {
		return strings.Contains(body(t, s.pageURL("/metrics")), `accio_sessions{state="AwaitConfirm1"} 98`)
	})
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != strings.Repeat("ERROR\n", 98) || strings.Contains(s.Stderr.String(), "accept") {
		t.Errorf("standard output %q, standard error %s", got, &s.Stderr)
	}
}

// A result that stays blocked after the shutdown is lost with those of all in service, and
// that is said (§6.5).
func TestBlockedResultOfSomePlaces(t *testing.T) {
	t.Parallel()
	_, w := pipe(t)
	fill(t, w)
	s := startServer(t, toStdout(w), "--concurrency", "3", "--verbose")
	s.client(t, header, turn)
	s.client(t, `<accio\r\n`)
	s.client(t, header, "end", turn)
	check(t, s.Stderr.Wait("Streaming → Done"))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 1)
	check(t, s.Stderr.Wait(`ERROR: standard output: .* blocked.*; the result of connection 3 is lost, and those of 2 others that were in service\n\z`))
}

// The live line is that of all connections when there are some.
func TestLiveLineOfSomePlaces(t *testing.T) {
	t.Parallel()
	s := startServer(t, nil, "--concurrency", "3", "--progress", "always")
	first := s.client(t, header, ">hello", turn)
	check(t, s.Stderr.Wait(`connection 1: 5 B, \S+ B/s`))
	second := s.client(t, header, ">xyz", turn)
	check(t, s.Stderr.Wait(`2 connections: 8 B, \S+ B/s`))
	talk(t, first, "end", "eof")
	check(t, s.Stderr.Wait(`connection 2: 3 B, \S+ B/s`))
	s.client(t, header, ">z", turn)
	check(t, s.Stderr.Wait(`2 connections: 9 B, \S+ B/s`)) // what has ended counts
	talk(t, second, "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
}

// After the shutdown many lines come, to a reader that is not in a hurry: as long as none of
// them is blocked for a second, none is lost (§6.5).
func TestManyResultsAreReadSlowlyAfterShutdown(t *testing.T) {
	t.Parallel()
	inTime(t, func() (longest time.Duration, err error) {
		r, w := pipe(t)
		s := startServer(t, toStdout(w), "--concurrency", "max", "--json", "--idle-timeout", "1h")
		w.Close()
		const clients = 700 // whose lines are more than a pipe holds
		for range clients {
			s.client(t, `<accio\r\n`)
		}
		last := time.Now()
		s.signal(t, syscall.SIGTERM)
		lines := 0
		for buffer := make([]byte, 8<<10); ; time.Sleep(150 * time.Millisecond) {
			n, err := r.Read(buffer)
			longest, last = max(longest, time.Since(last)), time.Now()
			lines += strings.Count(string(buffer[:n]), "\n")
			if err != nil {
				break
			}
		}
		status, err := s.Wait()
		check(t, err)
		if lines != clients || status != 0 {
			err = fmt.Errorf("%d lines of %d; exit status %d; standard error: %s", lines, clients, status, &s.Stderr)
		}
		return longest, err
	})
}

// A result that nobody takes ends the server, and the message has all that are lost.
func TestStdoutOfSomePlacesIsClosed(t *testing.T) {
	t.Parallel()
	r, w := pipe(t)
	s := startServer(t, toStdout(w), "--concurrency", "4")
	s.client(t, header, turn)
	s.client(t, `<accio\r\n`)
	third := s.client(t, header, turn)
	clitest.Unread(t, r, w)
	talk(t, third, "end")
	s.ends(t, 1)
	check(t, s.Stderr.Wait(`ERROR: standard output: .*broken pipe; the result of connection 3 is lost, and those of 2 others that were in service\n\z`))
}
