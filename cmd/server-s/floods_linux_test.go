package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// held is what a process has of the system.
type held struct{ descriptors, threads, kilobytes int }

func heldBy(t *testing.T, pid int) (h held) {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/", pid)
	descriptors, err := os.ReadDir(filepath.Join(dir, "fd"))
	check(t, err)
	text, err := os.ReadFile(dir + "status")
	check(t, err)
	h.descriptors = len(descriptors)
	for name, to := range map[string]*int{"Threads": &h.threads, "VmRSS": &h.kilobytes} {
		*to, err = strconv.Atoi(string(regexp.MustCompile(name + `:\s+(\d+)`).FindSubmatch(text)[1]))
		check(t, err)
	}
	return h
}

// A flood of clients that connect and reset leaves the server as it was (§9).
func TestFloodLeavesNothing(t *testing.T) {
	const few, many = 2_000, 50_000
	for _, concurrency := range []string{"1", "64"} {
		t.Run(concurrency, func(t *testing.T) {
			flags := []string{"--concurrency", concurrency, "--max-duration", "1m"}
			if concurrency != "1" {
				flags = append(flags, "--max-per-peer", "50")
			}
			s := startServer(t, nil, flags...)
			flood := func(n int) {
				for i := range n {
					c, err := connect(s.port)
					check(t, err)
					if i%3 == 0 {
						fmt.Fprint(c, "confirm-accio\r\n")
					}
					c.SetLinger(0)
					c.Close()
				}
				other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}} // those of the flood may still be there
				c, err := other.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
				check(t, err)
				defer c.Close()
				talk(t, c.(*net.TCPConn), header, turn, ">good", "end", "eof")
			}
			flood(few) // what is allocated once is there then
			before := heldBy(t, s.Pid())
			flood(many)
			if after := heldBy(t, s.Pid()); after.descriptors > before.descriptors+4 || after.threads > before.threads+4 || after.kilobytes > before.kilobytes+16<<10 {
				t.Errorf("before %d more came: %+v; after: %+v", many, before, after)
			}
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			lines := strings.Fields(s.Stdout.String())
			counted := strings.Count(s.Stdout.String(), "4\n")
			if failed := strings.Count(s.Stdout.String(), "ERROR\n"); counted != 2 || failed+counted != len(lines) || len(lines) > few+many+2 {
				t.Errorf("%d lines, of which %d are counts and %d errors", len(lines), counted, failed)
			}
		})
	}
}
