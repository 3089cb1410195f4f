package main

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"accio/internal/require"
)

func TestSoakers(t *testing.T) {
	p := peers()[slices.IndexFunc(peers(), func(p *peer) bool { return p.name == "ours-many" })]
	var err error
	var missing *missingError
	if p.argv, err = p.prepare(t.Context(), t.TempDir()); errors.As(err, &missing) {
		require.Missing(t, missing.tool, missing.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		places string
		run    func(*testing.T, *server)
	}{"kinds": {"256", eachKind}, "all": {"8", wholeSoak}, "wrong lines": {"2", wrongLines}} {
		t.Run(name, func(t *testing.T) {
			s, err := start(t.Context(), p.soaked(test.places)) // one after another: ports are not handed out to two at once
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.abandon)
			t.Parallel()
			test.run(t, s)
		})
	}
}

// eachKind has a client of each kind, which has the line that it expects,
// whatever it draws.
func eachKind(t *testing.T, s *server) {
	k := &soaking{server: s}
	const times = 12
	share, failed := 0, make(chan error)
	for i, kind := range kinds {
		share += kind.share
		go func() {
			client := newSoaker(k, i)
			for range times {
				if err := client.connect(t.Context(), kind); err != nil {
					failed <- errors.New(kind.name + ": " + err.Error())
					return
				}
				if kind.name == "silent" { // each takes as long as the idle limit
					break
				}
			}
			failed <- nil
		}()
	}
	for range kinds {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if share != 100 {
		t.Errorf("the shares of all kinds are %d in a hundred", share)
	}
	if err := k.rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.printed(k.want...); err != nil {
		t.Error(err)
	}
	require.Ran(t, "connections", len(k.want), (len(kinds)-2)*times+times*20+1)
	require.Ran(t, "sessions counted", len(slices.DeleteFunc(slices.Clone(k.want), func(n int64) bool { return n == refused })), 3*times)
}

// wholeSoak is one of a second, with fewer places than clients.
func wholeSoak(t *testing.T, s *server) {
	load, err := newClient(false)
	if err != nil {
		t.Fatal(err)
	}
	defer load.close()
	k := &soaking{server: s, client: load, duration: time.Second}
	if err := k.all(t.Context(), 16); err != nil {
		t.Fatal(s.failed("%v", err))
	}
	if _, err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.printed(k.want...); err != nil {
		t.Error(err)
	}
	list := k.series("ours-many")
	require.Ran(t, "series", len(list), 3)
	for _, one := range list {
		if len(one.Values) == 0 || len(one.Values) > soakSamples || slices.Min(one.Values) < 1 || one.Before < 1 || one.After < 1 {
			t.Errorf("%+v", one)
		}
	}
	if files := list[1]; files.After != files.Before || slices.Max(files.Values) <= files.Before {
		t.Errorf("descriptors %+v", files)
	}
}

// wrongLines looks for a line too few, one too many, and wrong counts.
func wrongLines(t *testing.T, s *server) {
	k := &soaking{server: s}
	if err := newSoaker(k, 0).connect(t.Context(), kinds[0]); err != nil {
		t.Fatal(err)
	}
	if err := k.rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := s.lines(); n != 1 || err != nil {
		t.Errorf("%d lines, %v", n, err)
	}
	for _, want := range [][]int64{{k.want[0] + 1}, {refused}, {k.want[0], refused}, nil} {
		if err := s.printed(want...); err == nil || !strings.Contains(err.Error(), "WRONG COUNT") {
			t.Errorf("%v is taken for %v: %v", k.want, want, err)
		}
	}
}

func TestSoaked(t *testing.T) {
	p := &peer{name: "x", argv: []string{"x", "--concurrency", "max", "{port}"}, patient: []string{"--idle-timeout", "10m"}}
	if got := strings.Join(p.soaked("256").command(7), " "); got != "x --idle-timeout 3s --concurrency 256 7" {
		t.Errorf("%q", got)
	}
	given := custom("given", []string{"y", "{port}"}, ofManyAndSoak)
	if got := given.soaked("256"); got != given || !given.many || !given.does("soak") {
		t.Errorf("%+v", got)
	}
}

func TestHeld(t *testing.T) {
	before, err := held(os.Getpid())
	if err != nil || before.memory < 1 || before.threads < 1 {
		t.Fatalf("%+v, %v", before, err)
	}
	if _, err := held(1 << 30); err == nil {
		t.Error("a process that is not there holds something")
	}
	text := []byte("Name:\tx\nVmRSS:\t    1408 kB\nThreads:\t12\nEmpty:\n")
	for name, want := range map[string]int64{"VmRSS:": 1408, "Threads:": 12} {
		if got, err := statusField(text, name); got != want || err != nil {
			t.Errorf("%s %d, %v", name, got, err)
		}
	}
	for _, name := range []string{"VmSwap:", "Name:", "Empty:"} {
		if got, err := statusField(text, name); err == nil {
			t.Errorf("%s %s and no error", name, strconv.FormatInt(got, 10))
		}
	}
}
