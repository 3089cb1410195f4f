package haproxy

import (
	"fmt"
	"regexp"
	"testing"

	"accio/internal/require"
)

// Restarts of all servers, one after another and twice around, while clients come as fast
// as they go: each session that a client saw the end of is one line, with its count.
func TestRollingRestarts(t *testing.T) {
	least := int64(2000)
	if long {
		least = 20000
	}
	for _, how := range []struct {
		name string
		// before and after a server is stopped and started
		out, in func(t *testing.T, f *farm, m *member)
		held    bool
		loses   bool // who waits in the queue of a server that ends
	}{
		{
			name: "server.sh",
			out:  func(t *testing.T, f *farm, m *member) { f.script(t, "out", m.name) },
			in:   func(t *testing.T, f *farm, m *member) { f.script(t, "in", m.name) },
		},
		{
			name: "sockets of a service manager",
			in:   func(t *testing.T, f *farm, m *member) { f.healthy(t, m) },
			held: true,
		},
		{
			name:  "SIGTERM alone",
			in:    func(t *testing.T, f *farm, m *member) { f.healthy(t, m) },
			loses: true,
		},
	} {
		t.Run(how.name, func(t *testing.T) {
			if how.out == nil && !long {
				t.Skip("needs half a minute: ACCIO_LONG")
			}
			if how.out != nil {
				require.Tool(t, "socat")
			}
			f := newFarm(t, how.held)
			l := start(f.address, mixed)
			restarts := 0
			for range 2 {
				for _, m := range f.members {
					l.reach(t, l.next.Load()+least/8)
					if how.out != nil {
						how.out(t, f, m)
					}
					f.stop(t, m)
					f.start(t, m)
					how.in(t, f, m)
					restarts++
				}
			}
			l.finish(t, least)
			for _, m := range f.members {
				f.stop(t, m)
			}
			l.judge(t, f)
			if !how.loses && l.turned > 0 {
				t.Errorf("%d clients were turned away", l.turned)
			}
			require.Ran(t, "restarts", restarts, 6)
			t.Logf("%d sessions, of which %d whole, %d wrong; turned away %d times; HAProxy: %v", l.next.Load(), len(l.whole), l.mine, l.turned, f.ends())
		})
	}
}

// healthy waits until a member, which has been restarted, is ready for HAProxy.
func (f *farm) healthy(t *testing.T, m *member) {
	t.Helper()
	up := regexp.MustCompile(`(?m)^accio,` + m.name + `,.*,UP,.*,L7OK,`)
	until(t, m.name+" is up", func() bool { return up.MatchString(f.admin("show stat")) })
}

// judge compares lines and clients.
func (l *load) judge(t *testing.T, f *farm) {
	t.Helper()
	counts, failed := lines(t, f.members...)
	var sum, sent int64
	all := failed
	for n, times := range counts {
		all += times
		sum += n * int64(times)
		if times != 1 || !l.whole[n] {
			t.Errorf("%d lines with %d; a client sent that: %v, %v", times, n, l.whole[n], l.broken[n])
		}
	}
	for n := range l.whole {
		sent += n
		if counts[n] == 0 {
			t.Errorf("a client who sent %d bytes has no line", n)
		}
	}
	f.together(t, all)
	if sum != sent {
		t.Errorf("the lines say %d bytes, the clients %d", sum, sent)
	}
	if failed != l.mine {
		t.Errorf("%d lines ERROR, of %d clients whose own fault it was", failed, l.mine)
	}
	for n, err := range l.broken {
		t.Errorf("the session of %d bytes: %v", n, err)
	}
	require.Ran(t, "sessions", len(l.whole)+l.mine, int(l.next.Load()))
}

// ends is how HAProxy says that sessions ended, and how many did. The first letter is
// that of the client or server who ended it, - if both did; the second when.
func (f *farm) ends() string {
	ends := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m) accio accio/(\S+) \S+ \d+ (\S\S) \S+/(\S+) \S+$`).FindAllStringSubmatch(f.haproxy.Stdout.String(), -1) {
		what := m[2]
		if m[1] == "<NOSRV>" {
			what += " no server"
		}
		if m[3] != "0" {
			what += " retries " + m[3]
		}
		ends[what]++
	}
	return fmt.Sprint(ends)
}
