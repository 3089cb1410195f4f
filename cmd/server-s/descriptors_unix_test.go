//go:build unix

package main

import (
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// With every limit of file descriptors the server either says at once that it
// is too low, and which one would do, or serves (docs/protocol.md §6.8). Nothing
// runs out of them that it asks for with every flag it has.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	const lowest, highest = 4, 20
	for name, flags := range map[string][]string{
		"default":        nil,
		"page and trace": {"--http", "0", "--trace", filepath.Join(t.TempDir(), "trace")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, served := 0, 0
			for limit := lowest; limit <= highest; limit++ {
				enough, wanted, err := clitest.Enough(exec.Command("server-s", "--version"), limit)
				check(t, err)
				if !enough {
					first = wanted
					continue
				}
				s := startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) { clitest.Limit(cmd, limit) }, flags...)
				c := s.client(t, header, ">hel")
				if flags != nil {
					check(t, s.Stderr.Wait(pageAddress.String()))
					resp, err := http.Get(pageAddress.FindStringSubmatch(s.Stderr.String())[1] + "/healthz")
					check(t, err)
					body, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || string(body) != "alive\n" {
						t.Errorf("limit %d: the page says %q, %v", limit, body, err)
					}
				}
				talk(t, c, ">lo", "end", turn, "eof")
				s.signal(t, syscall.SIGTERM)
				s.ends(t, 0)
				if got := s.Stdout.String(); got != "5\n" || strings.Contains(s.Stderr.String(), "WARN") {
					t.Errorf("limit %d: standard output %q, standard error %q", limit, got, &s.Stderr)
				}
				served++
			}
			if first == 0 || served != highest+1-first {
				t.Errorf("served with %d limits, %d was said to be enough", served, first)
			}
		})
	}
}
