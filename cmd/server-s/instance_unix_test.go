//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// A server that has a name says it in results, log, trace, metrics and on its page (§6.18).
func TestInstance(t *testing.T) {
	t.Parallel()
	s, file := startTraced(t, nil, "--instance", "rack1-3", "--json", "--log-format", "json", "--http", "0", "--concurrency", "2")
	check(t, s.Stderr.Wait(`"msg":"page","instance":"rack1-3","address":"(http://\S+)"`))
	talk(t, s.client(t, header, turn, ">hello"), "end", "eof")
	talk(t, s.client(t, ">nonsense"), "gone")
	_, after, _ := strings.Cut(s.Stderr.String(), `"address":"http`)
	page, _, _ := strings.Cut("http"+after, `"`)
	for path, want := range map[string]string{"/metrics": `accio_instance_info{name="rack1-3"} 1`, "/": "<title>Accio rack1-3"} {
		if text := body(t, page+path); !strings.Contains(text, want) {
			t.Errorf("%s has no %q", path, want)
		}
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	for line := range strings.Lines(s.Stdout.String()) {
		if !strings.HasPrefix(line, `{"instance":"rack1-3","connection":`) {
			t.Error(line)
		}
	}
	text, err := os.ReadFile(file)
	check(t, err)
	if n := strings.Count(string(text), `,"instance":"rack1-3"`); n != 1 {
		t.Errorf("%d times in the trace: %s", n, text)
	}
}
