package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"accio/internal/require"
)

func smallest() *options {
	return &options{bulk: 1. / 64, small: 20, handOver: 1, memory: []float64{1. / 128}, memoryRuns: 1, startUp: 1, runs: 1,
		clients: 16, manySmall: 40, manyBulk: 20, idle: 10, idleSmall: 20, quiet: time.Millisecond,
		workloads: workloadNames, timeout: time.Minute}
}

// Every peer does every workload once and counts right.
func TestPeers(t *testing.T) {
	load, err := newClient(false)
	if err != nil {
		t.Fatal(err)
	}
	defer load.close()
	dir := t.TempDir()
	require.Ran(t, "peers", len(peers()), 13)
	for _, p := range peers() {
		t.Run(p.name, func(t *testing.T) {
			var missing *missingError
			if p.argv, err = p.prepare(t.Context(), dir); errors.As(err, &missing) {
				require.Missing(t, missing.tool, missing.Error())
			} else if err != nil {
				t.Fatal(err)
			}
			measured := 0
			for _, w := range workloads(smallest()) {
				results, err := w.run(t.Context(), load, time.Minute, []*peer{p}, func(int, *peer) {})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range results {
					for i, figures := range r.figures {
						if len(figures) != 1 || !(figures[0] >= 0) {
							t.Errorf("%s, %s: %v", w.name, w.metrics[i].Name, figures)
						}
						measured++
					}
				}
			}
			want := 9 // of one client at a time
			switch {
			case p.raw:
				want = 3 // of one large session
			case p.name == "c":
				want += 8 // of many clients, who queue
			case p.name == "socat-fork":
				want = 4 // of many small sessions
			case p.many:
				want = 13
			}
			if hasProc {
				require.Ran(t, "figures", measured, want)
			}
		})
	}
}

func TestRun(t *testing.T) {
	o := smallest()
	o.only, o.workloads, o.writes = []string{"go-net"}, []string{"bulk"}, true
	var out, log bytes.Buffer
	if err := run(t.Context(), o, &out, &log); err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	if want := "\n| go-net |"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in:\n%s", want, &out)
	}
}

// wrong is a peer that ends in the way a test wants, by a shell script.
func wrong(t *testing.T, script string) *peer {
	if !hasProc {
		t.Skip("needs /proc: there is none")
	}
	argv, err := shell("sh", script)
	var missing *missingError
	if errors.As(err, &missing) {
		require.Missing(t, missing.tool, missing.Error())
	}
	return &peer{name: "wrong", raw: true, argv: argv}
}

func TestStartReportsWhatTheServerSaid(t *testing.T) {
	_, err := start(t.Context(), wrong(t, "echo no port {port} >&2; exit 3"))
	if err == nil || !regexp.MustCompile(`no port \d{5}\b`).MatchString(err.Error()) {
		t.Errorf("error %v", err)
	}
}

// The end of the context kills the server and its children.
func TestCancelKillsTheGroup(t *testing.T) {
	p := wrong(t, "sleep 1000 | sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if s, err := start(ctx, p); err == nil {
		s.abandon()
		t.Error("it listens")
	} else if !strings.Contains(fmt.Sprint(err), "ended before it listened") {
		t.Errorf("error %v", err)
	}
}
