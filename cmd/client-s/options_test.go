package main

import (
	"strings"
	"testing"
	"time"

	"accio/internal/cli"
)

func TestOptions(t *testing.T) {
	usual := options{host: "localhost", port: 5000, file: "file", timeout: cli.Limit(10 * time.Second), progress: "auto"}
	with := func(change func(*options)) options {
		o := usual
		change(&o)
		return o
	}
	for args, want := range map[string]options{
		"localhost 5000 file":                   usual,
		"localhost 5000 -":                      with(func(o *options) { o.file = "-" }),
		"-- localhost 5000 -1":                  with(func(o *options) { o.file = "-1" }),
		"::1 5000 file":                         with(func(o *options) { o.host = "::1" }),
		"[::1] 5000 file":                       with(func(o *options) { o.host = "::1" }),
		"localhost --timeout 1m 5000 file":      with(func(o *options) { o.timeout = cli.Limit(time.Minute) }),
		"localhost 5000 file --progress always": with(func(o *options) { o.progress = "always" }),
		"--json localhost --verbose 5000 file":  with(func(o *options) { o.json, o.verbose = true, true }),
		"--trace t localhost 5000 file":         with(func(o *options) { o.trace = "t" }),
		"x 5000 file":                           with(func(o *options) { o.host = "x" }),
		"[ 5000 file":                           with(func(o *options) { o.host = "[" }),
		"] 5000 file":                           with(func(o *options) { o.host = "]" }),
		"[x 5000 file":                          with(func(o *options) { o.host = "[x" }),
		"x] 5000 file":                          with(func(o *options) { o.host = "x]" }),
	} {
		got, text, err := parse(strings.Fields(args))
		if got != want || text != "" || err != nil {
			t.Errorf("%s: %+v, %q, %v; wanted %+v", args, got, text, err, want)
		}
	}
}
