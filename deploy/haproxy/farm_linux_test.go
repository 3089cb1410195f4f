// Package haproxy has no code: its tests are about the recipe beside them.
package haproxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
)

// patience is for what takes as long as many sessions on a busy machine.
const patience = 30 * time.Second

// long says that there is time for more.
var long = os.Getenv("ACCIO_LONG") != ""

var (
	program string // server-s, once it is built
	build   sync.Once
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "server-s")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "server-s")
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// farm is HAProxy with the shipped configuration, and its servers.
type farm struct {
	haproxy         *clitest.Process
	program         string // server-s
	dir             string
	address, socket string // of clients, of the administrator
	members         []*member
}

// member is a server of the farm, which runs more than once.
type member struct {
	name       string
	port, page int
	held       *os.File // its socket, if a service manager has it
	runs       []run
}

type run struct {
	*clitest.Process
	trace string
}

func (m *member) now() run { return m.runs[len(m.runs)-1] }

// newFarm starts three servers and HAProxy. held says that a service manager has the
// sockets of the servers.
func newFarm(t *testing.T, held bool) *farm {
	t.Helper()
	return newFarmWith(t, held, strings.NewReplacer())
}

// newFarmWith changes the configuration of HAProxy.
func newFarmWith(t *testing.T, held bool, change *strings.Replacer) *farm {
	t.Helper()
	require.Tool(t, "haproxy")
	dir := t.TempDir()
	f := &farm{dir: dir, program: program}
	// A Unix socket has a short name.
	short, err := os.MkdirTemp("", "haproxy")
	clitest.Check(t, err)
	t.Cleanup(func() { os.RemoveAll(short) })
	f.socket = filepath.Join(short, "admin.sock")
	build.Do(func() {
		if out, err := exec.Command("go", "build", "-o", filepath.Dir(program)+"/", "accio/cmd/server-s", "accio/cmd/accio").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
	free := ports(t, 7)
	f.address = fmt.Sprintf("127.0.0.1:%d", free[0])
	text, err := os.ReadFile("haproxy.cfg")
	clitest.Check(t, err)
	config := string(text)
	replace := func(old, new string) {
		t.Helper()
		if strings.Count(config, old) != 1 {
			t.Fatalf("haproxy.cfg has %q %d times, wanted it once", old, strings.Count(config, old))
		}
		config = strings.Replace(config, old, new, 1)
	}
	replace("\tlog /dev/log local0\n", "\tlog stdout format raw local0\n")
	replace("/run/haproxy/admin.sock", f.socket)
	replace("\tuser haproxy\n\tgroup haproxy\n", "")
	replace("bind :5000\n", "bind "+f.address+"\n")
	for i := range 3 {
		m := &member{name: fmt.Sprintf("s%d", i+1), port: free[2*i+1], page: free[2*i+2]}
		replace(fmt.Sprintf("127.0.0.1:%d port %d\n", 5001+i, 8081+i), fmt.Sprintf("127.0.0.1:%d port %d\n", m.port, m.page))
		if held {
			ln, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", m.port))
			clitest.Check(t, err)
			m.held, err = ln.(*net.TCPListener).File()
			clitest.Check(t, err)
			ln.Close()
			t.Cleanup(func() { m.held.Close() })
		}
		f.members = append(f.members, m)
		f.start(t, m)
	}
	file := filepath.Join(dir, "haproxy.cfg")
	clitest.Check(t, os.WriteFile(file, []byte(change.Replace(config)), 0o600))
	f.haproxy, err = clitest.Start(exec.Command("haproxy", "-db", "-f", file))
	clitest.Check(t, err)
	t.Cleanup(func() {
		f.haproxy.Kill()
		if t.Failed() {
			t.Logf("HAProxy said: %s", &f.haproxy.Stderr)
		}
	})
	until(t, "HAProxy has seen the health of all", func() bool {
		return !f.haproxy.Ended() && strings.Count(f.admin("show stat"), ",L7OK,") == 3
	})
	return f
}

// start starts a member, again on the same ports.
func (f *farm) start(t *testing.T, m *member) {
	t.Helper()
	trace := filepath.Join(f.dir, fmt.Sprintf("%s.%d.jsonl", m.name, len(m.runs)))
	// The idle limit is that of those who are held while others come, and shorter than HAProxy's.
	args := []string{"--idle-timeout", "50s", "--concurrency", "max", "--drain", "30s", "--http", fmt.Sprintf("127.0.0.1:%d", m.page), "--json", "--instance", m.name, "--trace", trace,
		"--proxy-protocol", "--proxy-from", "127.0.0.1"}
	cmd := exec.Command(f.program, append(args, fmt.Sprint(m.port))...)
	if m.held != nil {
		cmd = exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"`, "sh", f.program}, args...)...)
		cmd.ExtraFiles = []*os.File{m.held}
	}
	p, err := clitest.Start(cmd)
	clitest.Check(t, err)
	t.Cleanup(p.Kill)
	m.runs = append(m.runs, run{p, trace})
	clitest.Check(t, p.Stderr.Wait("INFO listening "))
}

// stop lets a member drain.
func (f *farm) stop(t *testing.T, m *member) {
	t.Helper()
	clitest.Check(t, m.now().Signal(syscall.SIGTERM))
	until(t, m.name+" has ended", m.now().Ended)
	if status, err := m.now().Wait(); status != 0 || err != nil {
		t.Errorf("%s: exit status %d, %v: %s", m.name, status, err, &m.now().Stderr)
	}
}

// admin is what HAProxy answers to a command; nothing if it does not.
func (f *farm) admin(command string) string {
	c, err := net.Dial("unix", f.socket)
	if err != nil {
		return ""
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintln(c, command)
	text, _ := io.ReadAll(c)
	return string(text)
}

// script runs server.sh.
func (f *farm) script(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("./server.sh", append(args, "30")...)
	cmd.Env = append(os.Environ(), "HAPROXY_SOCKET="+f.socket)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("server.sh %q: %v\n%s\n%s", args, err, out, f.admin("show stat"))
	}
}

// state is what the page of a member says.
type state struct {
	InService int
	Serving   []struct{ Bytes int }
}

func (m *member) state(t *testing.T) (now state) {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/api/state", m.page))
	clitest.Check(t, err)
	defer resp.Body.Close()
	clitest.Check(t, json.NewDecoder(resp.Body).Decode(&now))
	return now
}

// arrived reports whether a client is in service of which so many bytes have come.
func (f *farm) arrived(t *testing.T, n int) bool {
	t.Helper()
	for _, m := range f.members {
		for _, c := range m.state(t).Serving {
			if c.Bytes == n {
				return true
			}
		}
	}
	return false
}

// lines is what all runs of these members have printed: how often each number, and how
// many ERRORs. Their traces are checked.
func lines(t *testing.T, members ...*member) (counts map[int64]int, failed int) {
	t.Helper()
	counts = map[int64]int{}
	for _, m := range members {
		for _, r := range m.runs {
			for line := range bytes.Lines([]byte(r.Stdout.String())) {
				var result struct{ Bytes *int64 }
				if err := json.Unmarshal(line, &result); err != nil {
					t.Errorf("%s: %q: %v", m.name, line, err)
				} else if result.Bytes == nil {
					failed++
				} else {
					counts[*result.Bytes]++
				}
			}
			if _, err := clitest.CheckTrace(r.trace, r.Process); err != nil {
				t.Errorf("the trace of %s: %v", m.name, err)
			}
		}
	}
	return counts, failed
}

// together checks the traces of all members as one, by "accio trace": it is to count as
// many connections as there are lines.
func (f *farm) together(t *testing.T, lines int) {
	t.Helper()
	args := []string{"trace"}
	for _, m := range f.members {
		for _, r := range m.runs {
			if r.Stdout.String() != "" { // else nobody came
				args = append(args, r.trace)
			}
		}
	}
	slices.Reverse(args[1:]) // the order is none
	out, err := exec.Command(filepath.Join(filepath.Dir(f.program), "accio"), args...).CombinedOutput()
	if want := fmt.Sprintf("\nall instances: %d connections\n", lines); err != nil || !strings.Contains(string(out), want) {
		t.Errorf("wanted %q; %v\n%s", want, err, out)
	}
	for _, m := range f.members {
		if !strings.Contains(string(out), "\ninstance "+m.name+": ") {
			t.Errorf("instance %s is not among them\n%s", m.name, out)
		}
	}
}

// ports returns free ports out of the way of those that connections get: a connection
// could have that of a server that restarts.
func ports(t *testing.T, n int) (free []int) {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	clitest.Check(t, err)
	var low int
	fmt.Sscan(string(text), &low)
	for range n {
		port, err := clitest.FreePort()
		clitest.Check(t, err)
		if port >= low {
			t.Skipf("connections get ports from %d on", low)
		}
		free = append(free, port)
	}
	return free
}

func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
