package record

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// The date is left out on a terminal only; as JSON every line is an object
// (docs/protocol.md §6.10).
func TestLog(t *testing.T) {
	const date, zone = `20\d\d-\d\d-\d\dT`, `(Z|[+-]\d\d:\d\d)`
	for _, test := range []struct {
		format            string
		verbose, terminal bool
		want              string
	}{
		{"", false, true, `\A\x1b\[2m\d\d:\d\d:\d\d\.\d{3}\x1b\[0m WARN a; "b" \x1b\[2mremote=\x1b\[0m192\.0\.2\.1:1001\n\z`},
		{"", false, false, `\A` + date + `\d\d:\d\d:\d\d\.\d{3}` + zone + ` WARN a; "b" remote=192\.0\.2\.1:1001\n\z`},
		{"text", true, false, `\A` + date + `\S+ DEBUG Streaming → Done on closed connection=7 remote=192\.0\.2\.1:1001\n` +
			date + `\S+ DEBUG Streaming → Done on closed connection=7\n` + date + `\S+ WARN `},
		{"json", false, true, `\A{"time":"` + date + `\d\d:\d\d:\d\d\.\d+` + zone + `","level":"WARN","msg":"a; \\"b\\"","remote":"192\.0\.2\.1:1001"}\n\z`},
		{"json", true, false, `\A{"time":"` + date + `\S+","level":"DEBUG","msg":"Streaming → Done on closed","connection":7,"remote":"192\.0\.2\.1:1001"}\n{`},
	} {
		var text bytes.Buffer
		log := slog.New(newHandler(&text, test.format, test.verbose, test.terminal))
		tr := transport.Transition{Connection: 7, From: protocol.Streaming, Event: fsm.Closed, To: protocol.Done}
		LogTransition(log, tr, peer(1).String())
		LogTransition(log, tr, "")
		log.Warn(`a; "b"`, "remote", peer(1))
		if !regexp.MustCompile(test.want).Match(text.Bytes()) {
			t.Errorf("%+v: %q", test, &text)
		}
		for line := range bytes.Lines(text.Bytes()) {
			if json.Valid(line) != (test.format == "json") {
				t.Errorf("%+v: %q", test, line)
			}
		}
	}
}

// A duration has its unit in both formats.
func TestLogOfDurations(t *testing.T) {
	for format, want := range map[string]string{"text": "limit=1m30s\n", "json": `"limit":"1m30s"}` + "\n"} {
		var text bytes.Buffer
		slog.New(newHandler(&text, format, false, false)).Info("draining", "limit", 90*time.Second)
		if !strings.HasSuffix(text.String(), want) {
			t.Errorf("%s: %s, wanted %s", format, &text, want)
		}
	}
}
