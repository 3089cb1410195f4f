package main

import (
	"io"
	"slices"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	o, err := parse([]string{"-short", "-bulk", "2", "-memory", "1,16", "-only", "ours,c", "-with", "old=/x/server-s {port}", "-base", "old", "-workloads", "bulk,memory"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.bulk != 2 || o.small != 300 || !slices.Equal(o.memory, []float64{1, 16}) {
		t.Errorf("-short overrides what is given, or is overridden by defaults: %+v", o)
	}
	if got := names(o.chosen()); !slices.Equal(got, []string{"ours", "c", "old"}) {
		t.Errorf("chosen %q", got)
	}
	if o.manySmall != 2000 || o.idle != 1000 {
		t.Errorf("-short leaves many clients as they are: %+v", o)
	}
	if got := o.with[0].command(7); !slices.Equal(got, []string{"/x/server-s", "7"}) {
		t.Errorf("command %q", got)
	}
}

// What docs/benchmarks.md shows is what the defaults measure.
func TestDefaults(t *testing.T) {
	o, err := parse(nil, io.Discard)
	if err != nil || !slices.Equal(o.memory, []float64{1, 4, 16}) || o.memoryRuns < 2 {
		t.Errorf("%+v, %v; want peak memory of 1, 4 and 16 GiB, in more than one round", o, err)
	}
	if o.clients != 256 || o.manySmall != 20000 || o.manyBulk != 4000 || o.idle != 10000 || o.quiet < time.Second {
		t.Errorf("%+v; want 256 clients, 20000 small and 4000 large sessions, 10000 idle connections and a second of quiet", o)
	}
}

// Of two servers that are given, one is for one client at a time, the other for
// many.
func TestWith(t *testing.T) {
	o, err := parse([]string{"-with", "a=one {port}", "-with-many", "b=many {port}"}, io.Discard)
	if err != nil || len(o.with) != 2 {
		t.Fatalf("%+v, %v", o, err)
	}
	for _, name := range workloadNames {
		ofMany := slices.Contains([]string{"many-small", "many-bulk", "idle"}, name)
		if o.with[0].does(name) == ofMany || o.with[1].does(name) != ofMany {
			t.Errorf("%s is for the wrong one", name)
		}
	}
}

// A soak is done by those who ask for it.
func TestParseSoak(t *testing.T) {
	o, err := parse(nil, io.Discard)
	if err != nil || slices.Contains(o.workloads, "soak") || o.duration < time.Minute || o.soakPlaces != "max" {
		t.Errorf("%+v, %v", o, err)
	}
	o, err = parse([]string{"-workloads", "soak", "-short", "-soak-places", "256"}, io.Discard)
	if err != nil || o.duration != 10*time.Second || o.soakClients != 50 || o.soakPlaces != "256" {
		t.Fatalf("%+v, %v", o, err)
	}
	if got := names(o.chosen()); !slices.Equal(got, []string{"ours-many"}) {
		t.Errorf("chosen %q", got)
	}
	if list := workloads(o); hasProc && (len(list) != 1 || list[0].limit <= o.duration) {
		t.Errorf("%+v", list)
	}
}

// Servers that can do nothing of what is chosen are not even built.
func TestChosen(t *testing.T) {
	for _, c := range []struct {
		workloads string
		want      []string
	}{
		{"small", []string{"ours", "ours-portable", "c", "c-lowat", "go-net"}},
		{"many-small", []string{"c", "ours-many", "ours-many-portable", "c-epoll", "go-many", "socat-fork"}},
		{"many-bulk", []string{"c", "ours-many", "ours-many-portable", "c-epoll", "go-many"}},
		{"idle", []string{"ours-many", "ours-many-portable", "c-epoll", "go-many"}},
	} {
		o, err := parse([]string{"-workloads", c.workloads}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(o.chosen()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.workloads, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"bulk"}, {"-only", "theirs"}, {"-base", "theirs"}, {"-workloads", "sleep"}, {"-with", "old=server-s"},
		{"-with", "={port}"}, {"-memory", "1,x"}, {"-memory", "0"}, {"-runs", "0"}, {"-bulk", "-1"},
		{"-with-many", "old=server-s"}, {"-with", "one={port}", "-workloads", "idle"}, {"-with-many", "many={port}", "-workloads", "bulk"}, {"-clients", "0"}, {"-many-small", "-1"}, {"-many-bulk", "x"}, {"-idle", "0"}, {"-idle-small", "0"}, {"-quiet", "0"},
		{"-duration", "0"}, {"-soak-clients", "0"}, {"-soak-clients", "100000"}, {"-soak-places", "0"}, {"-soak-places", "many"},
	} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}
