package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"accio/internal/cli"
	"accio/internal/clitest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	clitest.Main(m, "server-s", main)
}

// The scripts have, beside clitest.Commands:
//
//	occupy                  listen on a port, set PORT
//	serve [FLAG...]         start server-s as "server" on a free port, set PORT,
//	                        wait until it listens; with --http set PAGE
//	client NAME [STEP...]   take steps (clitest.Talk) on the connection NAME,
//	                        which the first of them opens
//	page PATH PATTERN [HOST]
//	                        wait until that is what the page of "server" has
//	                        there, if asked for it by that host
//
// Each script runs twice: with the server as it says, and with a trace beside
// it, which is checked at the end.
func TestScript(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(*testscript.TestScript, bool, []string){"plain": serveScript, "traced": serveTraced} {
		t.Run(name, func(t *testing.T) {
			clitest.RunScripts(t, testscript.Params{Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"occupy": occupy, "serve": serve, "client": client, "page": pageHas,
			}})
		})
	}
}

func occupy(ts *testscript.TestScript, _ bool, _ []string) {
	ln, err := net.Listen("tcp4", "0.0.0.0:0")
	ts.Check(err)
	ts.Defer(func() { ln.Close() })
	ts.Setenv("PORT", strconv.Itoa(ln.Addr().(*net.TCPAddr).Port))
}

func serveScript(ts *testscript.TestScript, _ bool, flags []string) { startScript(ts, flags) }

func serveTraced(ts *testscript.TestScript, _ bool, flags []string) {
	if slices.Contains(flags, "--trace") {
		startScript(ts, flags)
		return
	}
	file, err := os.CreateTemp(ts.Getenv("WORK"), "trace")
	ts.Check(err)
	ts.Check(file.Close())
	var server *clitest.Process
	ts.Defer(func() { // after the server has ended
		if server != nil {
			_, err := clitest.CheckTrace(file.Name(), server)
			ts.Check(err)
		}
	})
	server = startScript(ts, append(flags, "--trace", file.Name()))
}

func startScript(ts *testscript.TestScript, flags []string) *clitest.Process {
	server, port, err := listening(flags, func(cmd *exec.Cmd) (*clitest.Process, error) {
		return clitest.Run(ts, "server", cmd), nil
	})
	ts.Check(err)
	ts.Setenv("PORT", strconv.Itoa(port))
	if slices.Contains(flags, "--http") {
		ts.Check(server.Stderr.Wait(pageAddress.String()))
		ts.Setenv("PAGE", pageAddress.FindStringSubmatch(server.Stderr.String())[1])
	}
	return server
}

var pageAddress = regexp.MustCompile(`page address=(http://\S+)\n`)

func pageHas(ts *testscript.TestScript, _ bool, args []string) {
	pattern, text := regexp.MustCompile("(?m)"+args[1]), ""
	for deadline := time.Now().Add(clitest.Patience); !pattern.MatchString(text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("no match for %q in %s", args[1], text)
		}
		r, err := http.NewRequest("GET", ts.Getenv("PAGE")+args[0], nil)
		ts.Check(err)
		if len(args) > 2 {
			r.Host = args[2]
		}
		resp, err := http.DefaultClient.Do(r)
		ts.Check(err)
		body, err := io.ReadAll(resp.Body)
		ts.Check(err)
		resp.Body.Close()
		text = string(body)
	}
}

// listening starts a server that records its standard error, on a free port,
// and waits until it listens.
func listening(flags []string, start func(*exec.Cmd) (*clitest.Process, error)) (*clitest.Process, int, error) {
	for attempts := 5; ; attempts-- {
		port, err := clitest.FreePort()
		if err != nil {
			return nil, 0, err
		}
		p, err := start(exec.Command("server-s", append(flags, strconv.Itoa(port))...))
		if err != nil {
			return nil, 0, err
		}
		err = p.Stderr.Wait(fmt.Sprintf(`listening.*address("?[:=]"?)0\.0\.0\.0:%d|^ERROR:`, port))
		if err == nil && strings.Contains(p.Stderr.String(), "address already in use") && attempts > 0 {
			continue
		}
		if err == nil && strings.Contains(p.Stderr.String(), "ERROR:") {
			err = fmt.Errorf("server-s does not start: %s", &p.Stderr)
		}
		return p, port, err
	}
}

func client(ts *testscript.TestScript, _ bool, args []string) {
	name, steps := args[0], args[1:]
	connections := clitest.Named(ts).Connections
	c := connections[name]
	if c == nil {
		port, err := cli.Port(ts.Getenv("PORT"))
		ts.Check(err)
		c, err = connect(port)
		ts.Check(err)
		ts.Defer(func() { c.Close() })
		connections[name] = c
	}
	if err := clitest.Talk(c, steps...); err != nil {
		ts.Fatalf("client %s: %v", name, err)
	}
}

func connect(port int) (*net.TCPConn, error) {
	return net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
}
