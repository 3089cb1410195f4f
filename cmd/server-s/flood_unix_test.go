//go:build unix

package main

import (
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

// A flood of clients that come to nothing is summed up in the log, to the last of
// them; standard output and the trace have every one, and so has a verbose log
// (docs/protocol.md §6.11).
func TestFloodIsSummedUp(t *testing.T) {
	t.Parallel()
	const clients = 300
	for _, flags := range [][]string{nil, {"--verbose"}} {
		t.Run(strings.Join(flags, ""), func(t *testing.T) {
			t.Parallel()
			s, file := startTraced(t, nil, flags...)
			began := time.Now()
			for range clients {
				c, err := connect(s.port)
				check(t, err)
				talk(t, c, "reset")
			}
			check(t, s.Stdout.Wait(`\A(ERROR\n){300}\z`))
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			most := 21 * (2 + int(time.Since(began)/time.Second)) // however slow the machine is
			lines, told := 0, 0
			for line := range strings.Lines(s.Stderr.String()) {
				sum := regexp.MustCompile(`WARN and (\d+) more: .* from="?(\d+) × 127\.0\.0\.1`).FindStringSubmatch(line)
				switch {
				case sum != nil && sum[1] == sum[2]:
					n, err := strconv.Atoi(sum[1])
					check(t, err)
					told += n
				case regexp.MustCompile(`WARN \w+: .* connection=\d+ remote=127\.0\.0\.1:\d+$`).MatchString(strings.TrimSpace(line)):
					told++
				default:
					continue
				}
				lines++
			}
			if flags != nil {
				most = clients
			}
			if told != clients || lines > most || flags != nil && lines != clients {
				t.Errorf("%d clients told in %d lines, wanted at most %d: %s", told, lines, most, &s.Stderr)
			}
			report, err := clitest.CheckTrace(file, s.Process)
			if err != nil || report.Connections != clients {
				t.Errorf("%d connections in the trace, %v", report.Connections, err)
			}
		})
	}
}
