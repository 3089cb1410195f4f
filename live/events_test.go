package live

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of net.Pipe connections, which have virtual time.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

var closing sync.Mutex // any goroutine may close, and twice

func (p pipes) Close() error {
	closing.Lock()
	defer closing.Unlock()
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.accept <- server
	return client
}

// inPipes runs a page in a bubble of virtual time.
func inPipes(t *testing.T, f *feed, test func(t *testing.T, p pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := pipes{make(chan net.Conn), make(chan struct{})}
		page := &Listener{p, netip.MustParseAddrPort("127.0.0.1:8080")}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- page.Serve(ctx, f.about()) }()
		test(t, p)
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func ask(t *testing.T, c net.Conn, path string) *bufio.Reader {
	t.Helper()
	if _, err := c.Write([]byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	return bufio.NewReader(resp.Body)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	text, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text, "\n")
}

// A stream says something every 15 seconds, and is not ended by the limits of
// other requests.
func TestHeartbeat(t *testing.T) {
	f := newFeed(&small)
	inPipes(t, f, func(t *testing.T, p pipes) {
		c := p.dial()
		defer c.Close()
		r := ask(t, c, "/events")
		for _, want := range []string{"retry: 2000", "", "event: snapshot", "data: {", "", ":", "", ":", "", ":", ""} {
			began := time.Now()
			if got := line(t, r); !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Fatalf("%q, want %q", got, want)
			}
			if d := time.Since(began); want == ":" && d != heartbeat || want != ":" && d != 0 {
				t.Errorf("%q took %s", want, d)
			}
		}
		f.session(1, good...)
		if got := line(t, r); got != "event: update" {
			t.Error(got)
		}
	})
}

// A browser that reads nothing is given up after writeLimit.
func TestStreamThatNobodyReads(t *testing.T) {
	f := newFeed(&small)
	inPipes(t, f, func(t *testing.T, p pipes) {
		c := p.dial()
		defer c.Close()
		ask(t, c, "/events")
		time.Sleep(writeLimit + time.Second)
		c.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := bufio.NewReader(c).ReadString(0); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Errorf("the connection is still there: %v", err)
		}
	})
}

// A request that does not come is not waited for, nor is the next one.
func TestTimeouts(t *testing.T) {
	inPipes(t, newFeed(&small), func(t *testing.T, p pipes) {
		for request, want := range map[string]time.Duration{
			"":                               5 * time.Second,
			"GET / HTTP/1.1\r\nHost: localh": 5 * time.Second,
			"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx": 10 * time.Second,
			"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n":                 time.Minute,
		} {
			c := p.dial()
			began := time.Now()
			if _, err := c.Write([]byte(request)); err != nil {
				t.Fatal(err)
			}
			c.SetReadDeadline(time.Now().Add(2 * time.Minute))
			r := bufio.NewReader(c)
			for {
				if _, err := r.ReadByte(); err != nil {
					break
				}
			}
			if d := time.Since(began); d > want+time.Second || request == "" && d < want {
				t.Errorf("%q: open for %s, want %s", request, d, want)
			}
			c.Close()
		}
	})
}
