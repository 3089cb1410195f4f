package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// peer is a server that is measured.
type peer struct {
	name  string
	about string
	// raw says that it speaks no protocol: it takes one connection, counts and
	// ends. Only the bulk workload can use it.
	raw bool
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

// peers returns the servers in the order in which they take turns.
func peers() []*peer {
	return []*peer{
		{name: "ours", about: "this project's server, its fast path where the system has one", prepare: goServer("ours", "accio/cmd/server-s")},
		{name: "ours-portable", about: "the same, built with `-tags portable`", prepare: goServer("ours-portable", "-tags", "portable", "accio/cmd/server-s")},
		{name: "c", about: "`peers/loop.c`: blocking sockets, `recv(NULL, …, MSG_TRUNC)`", prepare: cLoop()},
		{name: "c-lowat", about: "the same with `SO_RCVLOWAT` of 1 MiB once more than 1 MiB has come", prepare: cLoop("-l")},
		{name: "go-net", about: "`peers/discard`: package net and `io.Copy(io.Discard, conn)`; no idle limit", prepare: goServer("go-net", "accio/bench/peers/discard")},
		{name: "nc", about: "`nc -l | wc -c`, OpenBSD; raw: no handshake", raw: true, prepare: netcat},
		{name: "socat", about: "`socat -u TCP-LISTEN - | wc -c`; raw: no handshake", raw: true, prepare: socat},
		{name: "iperf3", about: "`iperf3 -s`; raw: a protocol and a client of its own (`iperf3 -c -Z`); it stops counting when its client says so, with data still on the way", raw: true, prepare: iperf3, load: iperf3Load, check: iperf3Check},
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
func custom(name string, argv []string) *peer {
	return &peer{name: name, about: "given with `-with`", argv: argv, prepare: func(context.Context, string) ([]string, error) {
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
