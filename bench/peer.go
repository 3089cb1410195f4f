package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// peer is a server that is measured.
type peer struct {
	name  string
	about string
	// raw says that it speaks no protocol: it takes one connection, counts and
	// ends.
	raw bool
	// many says that it serves many connections at once, and so prints their
	// lines in an order that nobody knows.
	many bool
	// workloads are the names of those that it can do.
	workloads []string
	// share is the part of the sessions of many clients that it is given, for
	// one that takes long; 0 means all.
	share float64
	// patient are the arguments that make its idle limit long.
	patient []string
	// prepare returns the command line, in which {port} stands for the port, or
	// a *missingError.
	prepare func(ctx context.Context, dir string) ([]string, error)
	// load is what sends to it, and returns what that used of CPU; nil means
	// the client of this program.
	load func(ctx context.Context, port int, size int64) (time.Duration, error)
	// check checks what it printed; nil means checkCounts.
	check func(text []byte, want int64) error

	argv []string // from prepare
}

// missingError says which tool is not there, or will not do.
type missingError struct{ tool, reason string }

func (e *missingError) Error() string { return e.tool + ": " + e.reason }

// defaultBase is what others are compared to: the first that is there.
var defaultBase = []string{"c", "ours"}

// manyBase is the same among many clients.
var manyBase = []string{"c-epoll", "ours-many"}

func (p *peer) does(workload string) bool { return slices.Contains(p.workloads, workload) }

// peers returns the servers in the order in which they take turns.
func peers() []*peer {
	long := []string{"--idle-timeout", "10m"}
	return []*peer{
		{name: "ours", workloads: ofOne, about: "this project's server, its fast path where the system has one", prepare: goServer("ours", "accio/cmd/server-s")},
		{name: "ours-portable", workloads: ofOne, about: "the same, built with `-tags portable`", prepare: goServer("ours-portable", "-tags", "portable", "accio/cmd/server-s")},
		{name: "c", workloads: append([]string{"many-small", "many-bulk"}, ofOne...), about: "`peers/loop.c`: blocking sockets, `recv(NULL, …, MSG_TRUNC)`", prepare: cServer("loop", loopSource)},
		{name: "c-lowat", workloads: ofOne, about: "the same with `SO_RCVLOWAT` of 1 MiB once more than 1 MiB has come", prepare: with(cServer("loop", loopSource), "-l")},
		{name: "go-net", workloads: ofOne, about: "`peers/discard`: package net and `io.Copy(io.Discard, conn)`; no idle limit", prepare: goServer("go-net", "accio/bench/peers/discard")},
		{name: "nc", workloads: []string{"bulk"}, about: "`nc -l | wc -c`, OpenBSD; raw: no handshake", raw: true, prepare: netcat},
		{name: "socat", workloads: []string{"bulk"}, about: "`socat -u TCP-LISTEN - | wc -c`; raw: no handshake", raw: true, prepare: socat},
		{name: "iperf3", workloads: []string{"bulk"}, about: "`iperf3 -s`; raw: a protocol and a client of its own (`iperf3 -c -Z`); it stops counting when its client says so, with data still on the way", raw: true, prepare: iperf3, load: iperf3Load, check: iperf3Check},
		{name: "ours-many", workloads: ofManyAndSoak, many: true, patient: long, about: "this project's server with `--concurrency max`", prepare: with(goServer("ours", "accio/cmd/server-s"), "--concurrency", "max")},
		{name: "ours-many-portable", workloads: ofMany, many: true, patient: long, about: "the same, built with `-tags portable`", prepare: with(goServer("ours-portable", "-tags", "portable", "accio/cmd/server-s"), "--concurrency", "max")},
		{name: "c-epoll", workloads: ofMany, many: true, patient: []string{"-i", "600"}, about: "`peers/epoll.c`: one thread, epoll(7), `recv(NULL, …, MSG_TRUNC)`", prepare: cServer("epoll", epollSource)},
		{name: "go-many", workloads: ofMany, many: true, about: "`peers/discard -many`: package net, a goroutine for each connection, `io.Copy(io.Discard, conn)`; no idle limit", prepare: with(goServer("go-net", "accio/bench/peers/discard"), "-many")},
		{name: "socat-fork", workloads: []string{"many-small"}, many: true, share: 0.05, about: "`socat TCP-LISTEN,fork EXEC`, a process for each connection, which is `peers/loop.c -1`; a twentieth of the sessions", prepare: socatFork},
	}
}

// command returns the command line for a port.
func (p *peer) command(port int) []string {
	argv := make([]string, len(p.argv))
	for i, a := range p.argv {
		argv[i] = strings.ReplaceAll(a, "{port}", strconv.Itoa(port))
	}
	return argv
}

// custom is a server that the user has named: NAME=COMMAND.
func custom(name string, argv, workloads []string) *peer {
	return &peer{name: name, about: "given on the command line", workloads: workloads, many: slices.Contains(workloads, ofMany[0]), argv: argv, prepare: func(context.Context, string) ([]string, error) {
		if _, err := exec.LookPath(argv[0]); err != nil {
			return nil, &missingError{argv[0], "cannot be run"}
		}
		return argv, nil
	}}
}

// iperf3Slack is how much may be on the way when iperf3's client is done: more
// than the buffers of a connection hold.
const iperf3Slack = 16 << 20

func iperf3Load(ctx context.Context, port int, size int64) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "iperf3", "-c", "127.0.0.1", "-p", strconv.Itoa(port), "-n", strconv.FormatInt(size, 10), "-Z")
	ownGroup(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("iperf3 -c: %w: %.300s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func iperf3Check(text []byte, want int64) error {
	var report struct {
		Error string
		End   struct {
			Received struct{ Bytes int64 } `json:"sum_received"`
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return fmt.Errorf("iperf3's report: %w", err)
	}
	if report.Error != "" {
		return errors.New("iperf3: " + report.Error)
	}
	if n := report.End.Received.Bytes; n > want || n < want-iperf3Slack {
		return fmt.Errorf("WRONG COUNT: iperf3 counted %d bytes, wanted at most %d and no more than %d less", n, want, iperf3Slack)
	}
	return nil
}
