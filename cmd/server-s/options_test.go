package main

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"accio/internal/cli"
)

func TestOptions(t *testing.T) {
	usual := options{port: 5000, idleTimeout: cli.Limit(10 * time.Second), concurrency: 1, progress: "auto", logFormat: "text", confined: true}
	with := func(change func(*options)) options {
		o := usual
		change(&o)
		return o
	}
	for args, want := range map[string]options{
		"5000":                      usual,
		"1":                         with(func(o *options) { o.port = 1 }),
		"65535":                     with(func(o *options) { o.port = 65535 }),
		"05000":                     usual,
		"-- 5000":                   usual,
		"5000 --idle-timeout 1m30s": with(func(o *options) { o.idleTimeout = cli.Limit(90 * time.Second) }),
		"--idle-timeout 1s --idle-timeout 1ms 5000": with(func(o *options) { o.idleTimeout = cli.Limit(time.Millisecond) }),
		"--idle-timeout=1ms 5000":                   with(func(o *options) { o.idleTimeout = cli.Limit(time.Millisecond) }),
		"--json 5000 --verbose":                     with(func(o *options) { o.json, o.verbose = true, true }),
		"5000 --progress never":                     with(func(o *options) { o.progress = "never" }),
		"--log-format json 5000":                    with(func(o *options) { o.logFormat = "json" }),
		"--log-file l --trace t 1":                  with(func(o *options) { o.port, o.logFile, o.trace = 1, "l", "t" }),
		"--trace t 5000":                            with(func(o *options) { o.trace = "t" }),
		"--trace t --trace-append 1":                with(func(o *options) { o.port, o.trace, o.traceAppend = 1, "t", true }),
		"--http :8080 5000":                         with(func(o *options) { o.http.AddrPort = netip.MustParseAddrPort("127.0.0.1:8080") }),
		"--http 0 --http-host B --http-host a 5000": with(func(o *options) {
			o.http.AddrPort, o.httpHosts = netip.MustParseAddrPort("127.0.0.1:0"), cli.Hosts{"a", "b"}
		}),
		"--concurrency 64 5000":  with(func(o *options) { o.concurrency = 64 }),
		"--concurrency max 5000": with(func(o *options) { o.concurrency = cli.Max }),
		"--drain 30s 5000":       with(func(o *options) { o.drain = cli.Limit(30 * time.Second) }),
		"-n 3 5000":              with(func(o *options) { o.most = 3 }),
		"--exit-on-idle 5m 5000": with(func(o *options) { o.exitOnIdle = cli.Limit(5 * time.Minute) }),
		"--listen 127.0.0.1:0 --listen /s": with(func(o *options) {
			o.port, o.listen = 0, cli.Listen{{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}, {Path: "/s"}}
		}),
		"--proxy-protocol --proxy-from 10.0.0.0/8 --proxy-from unix 5000": with(func(o *options) {
			o.proxied, o.proxyFrom = true, cli.Peers{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Unix: true}
		}),
		"--once -n 1 5000":       with(func(o *options) { o.most = 1 }),
		"--once 5000":            with(func(o *options) { o.most = 1 }),
		"--no-sandbox 5000":      with(func(o *options) { o.confined = false }),
		"--progress always 5000": with(func(o *options) { o.progress = "always" }),
	} {
		got, text, err := parse(strings.Fields(args))
		if !reflect.DeepEqual(got, want) || text != "" || err != nil {
			t.Errorf("%s: %+v, %q, %v; wanted %+v", args, got, text, err, want)
		}
	}
}
