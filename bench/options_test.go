package main

import (
	"io"
	"slices"
	"testing"
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
}

func TestParseRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"bulk"}, {"-only", "theirs"}, {"-base", "theirs"}, {"-workloads", "sleep"}, {"-with", "old=server-s"},
		{"-with", "={port}"}, {"-memory", "1,x"}, {"-memory", "0"}, {"-runs", "0"}, {"-bulk", "-1"},
	} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}
