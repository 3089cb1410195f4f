package faults

import "fmt"

// fault is what a network does, and what it comes to.
type fault struct {
	name   string
	toxics []string // from the start
	later  []string // when half of every payload has been passed on
	manner manner   // eager if there is something later: who waits in the queue gets no command
	silent bool     // clients do not end their streams
	idle   string   // the server's limit; empty: none that a slow machine could reach
	bytes  int      // of the largest payload
	fate   fate
	passes int // at most so many bytes reach the server; 0: no matter
}

// fate is what becomes of the sessions.
type fate int

const (
	whole fate = iota // all come through
	lost              // none comes through: ERROR
	cut               // some of each comes through, which the server cannot tell from all of it
)

func toxic(way, kind, attributes string) string {
	return fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":{%s}}`, kind, way, attributes)
}

func up(kind, attributes string) string   { return toxic("upstream", kind, attributes) }
func down(kind, attributes string) string { return toxic("downstream", kind, attributes) }

const (
	hour = 3600 * 1000
	kib  = 1 << 10
	// brief is for servers whose clients all fall silent: there is nothing that
	// it could come before.
	brief = "100ms"
)

// faults are those that networks have. Where the idle limit is short, no
// session can come through, however quick or slow the machine is.
var faults = []fault{
	{name: "none", bytes: 64 * kib},
	{name: "latency up", toxics: []string{up("latency", `"latency":8,"jitter":7`)}, bytes: 64 * kib},
	{name: "latency down", toxics: []string{down("latency", `"latency":8,"jitter":7`)}, bytes: 64 * kib},
	{name: "latency", toxics: []string{up("latency", `"latency":5,"jitter":5`), down("latency", `"latency":5,"jitter":5`)}, bytes: 64 * kib},
	{name: "single bytes up", toxics: []string{up("slicer", `"average_size":1,"size_variation":0,"delay":20`)}, bytes: 150},
	{name: "single bytes down", toxics: []string{down("slicer", `"average_size":1,"size_variation":0,"delay":100`)}, bytes: 64 * kib},
	{name: "pieces", toxics: []string{up("slicer", `"average_size":40,"size_variation":39,"delay":5`), down("slicer", `"average_size":3,"size_variation":2,"delay":10`)}, bytes: 4 * kib},
	{name: "bandwidth up", toxics: []string{up("bandwidth", `"rate":800`)}, bytes: 64 * kib},
	{name: "bandwidth down", toxics: []string{down("bandwidth", `"rate":1`)}, bytes: 64 * kib},
	{name: "slow close", toxics: []string{up("slow_close", `"delay":30`), down("slow_close", `"delay":20`)}, bytes: 64 * kib},
	{name: "latency, pieces and bandwidth", toxics: []string{
		up("latency", `"latency":4,"jitter":4`), up("slicer", `"average_size":200,"size_variation":150,"delay":5`), up("bandwidth", `"rate":900`), up("slow_close", `"delay":10`),
		down("latency", `"latency":4,"jitter":4`), down("slicer", `"average_size":2,"size_variation":1,"delay":10`), down("bandwidth", `"rate":2`),
	}, bytes: 16 * kib},
	{name: "latency and bandwidth, later", later: []string{up("latency", `"latency":10,"jitter":5`), up("bandwidth", `"rate":500`), down("latency", `"latency":10,"jitter":5`)}, bytes: 16 * kib},

	// Nothing comes any more, and nothing is closed.
	{name: "half-open up", toxics: []string{up("timeout", `"timeout":0`)}, silent: true, idle: brief, bytes: kib, fate: lost},
	{name: "half-open down", toxics: []string{down("timeout", `"timeout":0`)}, silent: true, idle: brief, bytes: kib, fate: lost},
	{name: "half-open up, later", later: []string{up("timeout", `"timeout":0`)}, silent: true, idle: brief, bytes: 16 * kib, fate: lost},
	{name: "half-open down, and the stream is ended", toxics: []string{down("timeout", `"timeout":0`)}, manner: eager, bytes: 16 * kib},
	{name: "no close", toxics: []string{up("slow_close", fmt.Sprintf(`"delay":%d`, hour))}, idle: brief, bytes: 16 * kib, fate: lost},
	{name: "latency, and silence", toxics: []string{up("latency", `"latency":5,"jitter":4`)}, silent: true, idle: brief, bytes: 16 * kib, fate: lost},
	{name: "pieces, latency and half-open", toxics: []string{up("slicer", `"average_size":5,"size_variation":3,"delay":10`), up("latency", `"latency":5,"jitter":4`)},
		later: []string{up("timeout", `"timeout":0`), down("timeout", `"timeout":0`)}, silent: true, idle: brief, bytes: kib, fate: lost},

	// The network closes: the server is told of an end that is none.
	{name: "timeout up", toxics: []string{up("timeout", `"timeout":20`)}, bytes: kib, fate: lost},
	{name: "timeout down", toxics: []string{down("timeout", `"timeout":20`)}, manner: careful, bytes: kib, fate: lost},
	{name: "limit within the header", toxics: []string{up("limit_data", `"bytes":20`)}, bytes: kib, fate: lost, passes: 20},
	{name: "limit before the last byte of the header", toxics: []string{up("limit_data", `"bytes":37`)}, bytes: kib, fate: lost, passes: 37},
	{name: "limit after the header", toxics: []string{up("limit_data", `"bytes":38`)}, bytes: 4 * kib, fate: cut, passes: 38},
	{name: "limit within the payload", toxics: []string{up("limit_data", `"bytes":1000`)}, bytes: 64 * kib, fate: cut, passes: 1000},
	{name: "limit within the payload, in pieces", toxics: []string{up("limit_data", `"bytes":2000`), up("slicer", `"average_size":60,"size_variation":50,"delay":5`), up("latency", `"latency":4,"jitter":4`)},
		bytes: 64 * kib, fate: cut, passes: 2000},
	{name: "limit within the first command", toxics: []string{down("limit_data", `"bytes":3`)}, manner: careful, bytes: kib, fate: lost, passes: 1},
	{name: "limit after the first command", toxics: []string{down("limit_data", `"bytes":7`)}, manner: careful, bytes: kib, fate: lost, passes: 15},
	{name: "limit later", later: []string{up("limit_data", `"bytes":100`)}, bytes: 16 * kib, fate: cut},

	{name: "reset up", toxics: []string{up("reset_peer", `"timeout":0`)}, bytes: kib, fate: lost},
	{name: "reset up after a while", toxics: []string{up("reset_peer", `"timeout":20`)}, manner: careful, bytes: kib, fate: lost},
	{name: "reset down", toxics: []string{down("reset_peer", `"timeout":5`)}, manner: careful, bytes: kib, fate: lost},
	// With a toxicity of 0 the toxic does nothing, but makes every close a reset.
	{name: "limit and reset", toxics: []string{up("limit_data", `"bytes":1000`), `{"type":"reset_peer","stream":"upstream","toxicity":0,"attributes":{}}`}, bytes: 16 * kib, fate: lost},
	{name: "latency and reset", toxics: []string{up("latency", `"latency":5,"jitter":4`), down("latency", `"latency":5,"jitter":4`), `{"type":"reset_peer","stream":"upstream","toxicity":0,"attributes":{}}`}, bytes: 16 * kib, fate: lost},
}
