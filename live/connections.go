package live

import (
	"net"
	"net/http"
	"sync"
)

// connections are those of an HTTP server, by its ConnState. Those that are too
// many are closed.
type connections struct {
	most   int
	mu     sync.Mutex
	open   int
	fresh  map[net.Conn]bool // nothing has come from them yet
	ending bool              // no more are wanted
}

func newConnections(most int) *connections {
	return &connections{most: most, fresh: map[net.Conn]bool{}}
}

func (c *connections) changed(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s != http.StateNew {
		delete(c.fresh, conn)
	}
	switch s {
	case http.StateNew:
		c.fresh[conn] = true
		if c.open++; c.open > c.most || c.ending {
			conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		c.open--
	}
}

// closeFresh closes what nothing has come from, now and later:
// http.Server.Shutdown would wait for it, and browsers open such connections
// ahead.
func (c *connections) closeFresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
	for conn := range c.fresh {
		conn.Close()
	}
}
