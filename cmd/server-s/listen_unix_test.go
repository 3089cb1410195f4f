//go:build unix

package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// With --listen the server is where that says, several times if it is given so, and says
// where: the port that the system has chosen too (§6.14).
func TestListenFlag(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "s")
	last := "127.0.0.1"
	if clitest.IPv6(t) {
		last = "[::1]"
	}
	for _, places := range []string{"1", "3"} {
		p := new(clitest.Process)
		check(t, p.Start(exec.Command("server-s", "--listen", "127.0.0.1:0", "--listen", "unix:"+path, "--listen", last+":0", "--concurrency", places)))
		t.Cleanup(p.Kill)
		s := &server{Process: p}
		check(t, s.Stderr.Wait(`address=unix:.*\n.*address=`+regexp.QuoteMeta(last)+`:\d+\n`))
		listening := regexp.MustCompile(`INFO listening address=(\S+)\n`).FindAllStringSubmatch(s.Stderr.String(), -1)
		if len(listening) != 3 || listening[1][1] != "unix:"+path {
			t.Fatalf("%q", listening)
		}
		want := ""
		for i, at := range listening {
			network, address := "tcp", at[1]
			if strings.HasPrefix(address, "unix:") {
				network, address = "unix", path
			}
			c, err := net.Dial(network, address)
			check(t, err)
			_, err = c.Write([]byte("confirm-accio\r\nconfirm-accio-again\r\n\r\n" + strings.Repeat("x", i)))
			check(t, err)
			check(t, c.(interface{ CloseWrite() error }).CloseWrite())
			want += string('0'+rune(i)) + "\n"
			check(t, s.Stdout.Wait(`\A`+want+`\z`))
			c.Close()
		}
		s.signal(t, syscall.SIGTERM)
		s.ends(t, 0)
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is left: %v", err)
		}
	}
	for args, want := range map[string]string{
		"--listen 127.0.0.1:0 5000": `ERROR: --listen 127.0.0.1:0 and the port 5000: one of them`,
		"--listen 5000":             `ERROR: --listen "5000": it must be an IP address and a port, or a path, for example 127.0.0.1:5000, [::]:5000 (IPv4 too), or unix:/run/accio.sock`,
		"--exit-on-idle 1 5000":     `ERROR: --exit-on-idle "1": the unit is missing`,
		"--once -n 2 5000":          `ERROR: --once and -n 2: one of them`,
		"--concurrency -1 5000":     `ERROR: --concurrency "-1": it must be a whole number from 1 on, or max`,
		"-n 0 5000":                 `ERROR: -n, --connections "0": it must be a whole number from 1 on`,
		"--drain 0s 5000":           `ERROR: --drain "0s": it must be a time longer than 0`,
	} {
		p, err := clitest.Start(exec.Command("server-s", strings.Fields(args)...))
		check(t, err)
		if status, err := p.Wait(); status != 2 || err != nil || !strings.HasPrefix(p.Stderr.String(), want) {
			t.Errorf("%s: exit status %d, %v, %s", args, status, err, &p.Stderr)
		}
	}
}
