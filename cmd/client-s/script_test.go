package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/protocol"
	"accio/trace"
	"accio/transport"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	clitest.Main(m, "client-s", main)
}

// The scripts have, beside clitest.Commands:
//
//	listen          listen on a port, set PORT
//	unlisten        close it again
//	peer STEP...    take steps (clitest.Talk) on the connection that the first
//	                of them accepts there
//	accio           run an Accio server, set PORT
//	counts PATTERN  wait until its results match
//	traced FILE N   the trace in FILE is that of N connections by the client's table
//	sparse FILE N   create a file of N bytes that takes no place
//
// and the condition [root].
func TestScript(t *testing.T) {
	t.Parallel()
	clitest.RunScripts(t, testscript.Params{
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"listen": listen, "unlisten": unlisten, "peer": peer, "accio": accio, "counts": counts, "sparse": sparse, "traced": traced,
		},
		Setup: func(env *testscript.Env) error {
			env.Values[stateKey{}] = new(state)
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", condition)
		},
	})
}

// state is what the commands of one script share.
type state struct {
	listener *net.TCPListener
	peer     *net.TCPConn
	results  clitest.Stream
}

type stateKey struct{}

func stateOf(ts *testscript.TestScript) *state { return ts.Value(stateKey{}).(*state) }

func listen(ts *testscript.TestScript, _ bool, _ []string) {
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ts.Check(err)
	ts.Defer(func() { ln.Close() })
	ts.Setenv("PORT", strconv.Itoa(ln.Addr().(*net.TCPAddr).Port))
	s := stateOf(ts)
	s.listener, s.peer = ln, nil
}

func unlisten(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(stateOf(ts).listener.Close())
}

func peer(ts *testscript.TestScript, _ bool, steps []string) {
	s := stateOf(ts)
	if s.peer == nil {
		s.listener.SetDeadline(time.Now().Add(clitest.Patience))
		c, err := s.listener.AcceptTCP()
		ts.Check(err)
		ts.Defer(func() { c.Close() })
		s.peer = c
	}
	ts.Check(clitest.Talk(s.peer, steps...))
}

func accio(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, stop := context.WithCancel(context.Background())
	ln, err := transport.Listen(ctx, 0)
	ts.Check(err)
	ts.Setenv("PORT", strconv.Itoa(int(ln.Addr().Port())))
	results := &stateOf(ts).results
	server := &transport.Server{Table: &protocol.Server, Result: func(r transport.Result) error {
		if r.State == protocol.Error {
			fmt.Fprintln(results, r.Explanation())
		} else {
			fmt.Fprintln(results, r.Bytes)
		}
		return nil
	}}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	ts.Defer(func() {
		stop()
		ts.Check(<-served)
	})
}

func counts(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(stateOf(ts).results.Wait(args[0]))
}

func sparse(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.Truncate(size))
	ts.Check(f.Close())
}

func traced(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	report, err := trace.Check(f, &protocol.Client)
	ts.Check(err)
	if got := strconv.Itoa(report.Connections); got != args[1] || len(report.Violations) > 0 {
		ts.Fatalf("%s connections, violations %v; want %s and none", got, report.Violations, args[1])
	}
}
