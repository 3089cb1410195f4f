//go:build unix

package main

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
)

const proxyLine = `>PROXY TCP4 203.0.113.9 10.0.0.1 50123 5000\r\n`

// The client that a header names is the peer in the result, in the log and on the page, in
// every way of serving; a connection whose header has not come is that of the balancer
// (§6.19).
func TestProxyProtocol(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, places := range []string{"1", "3"} {
		for _, verbose := range []bool{false, true} {
			ran++
			flags := []string{"--proxy-protocol", "--proxy-from", "127.0.0.0/8", "--json", "--http", "0", "--concurrency", places}
			if verbose {
				flags = append(flags, "--verbose")
			}
			s, _ := startTraced(t, nil, flags...)
			check(t, s.Stderr.Wait(pageAddress.String()))
			page := func(want string) {
				t.Helper()
				var got string
				for limit := time.Now().Add(30 * time.Second); !strings.Contains(got, want) && time.Now().Before(limit); {
					got = body(t, s.pageURL("/api/state"))
				}
				if !strings.Contains(got, want) {
					t.Errorf("the page has no %s: %s", want, got)
				}
			}
			c := s.client(t)
			balancer := c.LocalAddr().String()
			page(fmt.Sprintf(`"connection":1,"remote":%q,"state":"SendAccio1","bytes":0,`, balancer))
			talk(t, c, proxyLine[:20])
			talk(t, c, ">"+proxyLine[20:], `<accio\r\n`)
			page(`"connection":1,"remote":"203.0.113.9:50123","state":"AwaitConfirm1","bytes":0,`)
			talk(t, c, `>confirm-accio\r\n`, `<accio\r\n`, `>confirm-accio-again\r\n\r\nabc`, "end", "eof")
			check(t, s.Stdout.Wait(`\A{"connection":1,"remote":"203.0.113.9:50123","state":"Done","bytes":3,.*}\n\z`))
			s.client(t, proxyLine, ">junk", "gone")
			check(t, s.Stdout.Wait(`\n{"connection":2,"remote":"203.0.113.9:50123","state":"Error","from":"AwaitConfirm1","event":"mismatched",.*}\n\z`))
			page(`"connection":2,"remote":"203.0.113.9:50123","state":"Error",`)
			check(t, s.Stderr.Wait(`WARN AwaitConfirm1: byte 1 is 'j', .* connection=2 remote=203\.0\.113\.9:50123\n`))
			if verbose {
				check(t, s.Stderr.Wait(`SendAccio1 → AwaitConfirm1 on sent connection=1 remote=203\.0\.113\.9:50123\n`))
			}
			junk := s.client(t, ">junk", "gone")
			check(t, s.Stdout.Wait(`\n{"connection":3,"remote":"`+regexp.QuoteMeta(junk.LocalAddr().String())+`","state":"Error","from":"SendAccio1","event":"failed","received":0,"reason":"no PROXY header: byte 1 is 'j', .*","hint":"wanted \\"PROXY TCP4 .*","received_text":"junk",.*}\n\z`))
			check(t, s.Stderr.Wait(`WARN SendAccio1: no PROXY header: byte 1 is 'j', which fits neither version; wanted "PROXY TCP4 CLIENT SERVER PORT PORT\\r\\n", or .* \(received >> "junk", hex >> 6a 75 6e 6b\) connection=3 `))
			waiting := s.client(t)
			page(`"connection":4,`)
			s.signal(t, syscall.SIGTERM)
			talk(t, waiting, "gone")
			s.ends(t, 0)
			check(t, s.Stdout.Wait(`\n{"connection":4,.*"from":"SendAccio1","event":"shutdown",.*}\n\z`))
		}
	}
	require.Ran(t, "servers", ran, 4)
}

// Whoever is not named by --proxy-from is refused, over TCP and by a Unix socket, and
// what makes no sense is a wrong command line (§6.19).
func TestProxyFrom(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "s")
	for _, from := range []string{"unix", "127.0.0.1"} {
		p := new(clitest.Process)
		check(t, p.Start(exec.Command("server-s", "--listen", "127.0.0.1:0", "--listen", "unix:"+path, "--proxy-protocol", "--proxy-from", "192.0.2.0/24", "--proxy-from", from)))
		t.Cleanup(p.Kill)
		s := &server{Process: p}
		check(t, s.Stderr.Wait(`address=unix:`))
		tcp := regexp.MustCompile(`address=(127\S+)\n`).FindStringSubmatch(s.Stderr.String())[1]
		for network, address := range map[string]string{"tcp": tcp, "unix": path} {
			c, err := net.Dial(network, address)
			check(t, err)
			c.SetDeadline(time.Now().Add(30 * time.Second))
			c.Write([]byte("PROXY UNKNOWN\r\nconfirm-accio\r\nconfirm-accio-again\r\n\r\nab"))
			c.(interface{ CloseWrite() error }).CloseWrite()
			if (network == "unix") == (from == "unix") {
				check(t, s.Stdout.Wait(`(?m)^2$`))
			} else {
				check(t, s.Stdout.Wait(`(?m)^ERROR$`))
			}
			c.Close()
		}
		if from == "unix" {
			check(t, s.Stderr.Wait(`WARN SendAccio1: refused: 127\.0\.0\.1 is not a balancer of --proxy-from; that has 192\.0\.2\.0/24, unix; clients have to come through a balancer connection=\d remote=127\.0\.0\.1:\d+\n`))
		} else {
			check(t, s.Stderr.Wait(`WARN SendAccio1: refused: who comes by a Unix socket is not a balancer of --proxy-from; that has 192\.0\.2\.0/24, 127\.0\.0\.1; .* connection=\d remote=local\n`))
		}
		s.signal(t, syscall.SIGTERM)
		s.ends(t, 0)
	}
	for args, want := range map[string]string{
		"--proxy-protocol 5000":                         `ERROR: --proxy-protocol wants --proxy-from ADDRESS or PREFIX, for example 10.0.0.0/8: whoever may connect could name any peer otherwise`,
		"--proxy-from 10.0.0.0/8 5000":                  `ERROR: --proxy-from 10.0.0.0/8: it is for --proxy-protocol, which is not given`,
		"--proxy-from unix 5000":                        `ERROR: --proxy-from unix: it is for --proxy-protocol, which is not given`,
		"--proxy-protocol --proxy-from lb.example 5000": `ERROR: --proxy-from "lb.example": it must be an IP address or a prefix, or unix for Unix sockets, for example 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32`,
		"--proxy-protocol --proxy-from 10.0.0.1/8 5000": `ERROR: --proxy-from "10.0.0.1/8": it has bits behind its length; that prefix is 10.0.0.0/8`,
	} {
		p, err := clitest.Start(exec.Command("server-s", strings.Fields(args)...))
		check(t, err)
		if status, err := p.Wait(); status != 2 || err != nil || !strings.HasPrefix(p.Stderr.String(), want) {
			t.Errorf("%s: exit status %d, %v, %s", args, status, err, &p.Stderr)
		}
	}
}
