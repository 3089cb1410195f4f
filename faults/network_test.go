package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"accio/internal/clitest"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/rs/zerolog"
)

// network is what lies between clients and a server: Toxiproxy's links, behind
// an accept loop of our own. The one of Toxiproxy closes both directions when
// one has ended, and does not tell what of which client it has passed on.
type network struct {
	port     int // of the server
	ln       *net.TCPListener
	api      *toxiproxy.ApiServer
	proxy    *toxiproxy.Proxy
	abrupt   bool // a toxic that is there from the start resets
	accepted chan struct{}

	mu     sync.Mutex
	linked sync.Cond
	links  map[string]*link // by the client's address
	ends   []io.Closer
}

// newNetwork is one with these toxics, until the end of the test.
func newNetwork(t *testing.T, port int, toxics []string) *network {
	t.Helper()
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	clitest.Check(t, err)
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	n := &network{port: port, ln: ln, api: api, proxy: toxiproxy.NewProxy(api, "network", "", ""),
		accepted: make(chan struct{}), links: map[string]*link{}}
	n.linked.L = &n.mu
	n.add(t, toxics)
	n.abrupt = strings.Contains(strings.Join(toxics, ""), `"reset_peer"`)
	go n.accept(t)
	t.Cleanup(func() {
		ln.Close()
		<-n.accepted
		for _, c := range n.ends {
			c.Close()
		}
	})
	return n
}

// add has toxics act on what is under way too.
func (n *network) add(t *testing.T, toxics []string) {
	t.Helper()
	for _, text := range toxics {
		_, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(text))
		clitest.Check(t, err)
	}
}

func (n *network) accept(t *testing.T) {
	defer close(n.accepted)
	for {
		client, err := n.ln.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			err = n.connect(client)
		}
		if err != nil {
			t.Errorf("the network: %v", err)
			return
		}
	}
}

func (n *network) connect(client *net.TCPConn) error {
	var dialer net.Dialer
	c, err := dialer.DialContext(context.Background(), "tcp4", (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n.port}).String())
	if err != nil {
		client.Close()
		return err
	}
	server := c.(*net.TCPConn)
	l := &link{server: server, changed: make(chan struct{}, 1)}
	name := client.RemoteAddr().String()
	n.mu.Lock()
	n.links[name] = l
	n.ends = append(n.ends, client, server)
	n.linked.Broadcast()
	n.mu.Unlock()
	if n.abrupt { // reset_peer is for sockets and nothing else
		n.proxy.Toxics.StartLink(n.api, name+" up", client, server, stream.Upstream)
		n.proxy.Toxics.StartLink(n.api, name+" down", server, client, stream.Downstream)
		return nil
	}
	n.proxy.Toxics.StartLink(n.api, name+" up", client, l, stream.Upstream)
	n.proxy.Toxics.StartLink(n.api, name+" down", l, client, stream.Downstream)
	return nil
}

// of returns the link of a client, when there is one.
func (n *network) of(c *net.TCPConn) *link {
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		if l := n.links[c.LocalAddr().String()]; l != nil {
			return l
		}
		n.linked.Wait()
	}
}
