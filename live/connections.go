package live

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
)

// connections are those of an HTTP server. What is neither in a room nor in the
// reserve is closed, or answered 503.
type connections struct {
	refused *refusals

	mu      sync.Mutex
	room    room
	reserve room // for those who ask how the server is, once the room is full
	all     map[net.Conn]*visitor
	ending  bool // no more are wanted
}

// room has places for visitors.
type room struct {
	most  int        // places
	share int        // those that one address may have
	taken []*visitor // the one that has waited longest comes first
}

// visitor is a connection that has a place.
type visitor struct {
	conn    net.Conn
	address netip.Addr // whose share it is of
	room    *room
	fresh   bool // nothing has come from it yet
	busy    bool // a request is being answered
}

func newConnections(r *refusals) *connections {
	return &connections{
		refused: r,
		room:    room{most: maxConnections, share: maxOfAddress},
		reserve: room{most: maxReserve, share: maxReserveOfAddress},
		all:     map[net.Conn]*visitor{},
	}
}

// limit makes a server's connections those of c, and returns its handler: next
// for those in the room; for the others, as far as they ask what vital says.
func (c *connections) limit(server *http.Server, next http.Handler, vital func(path string) bool) http.Handler {
	server.ConnState = c.changed
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.answers(r) {
			w.Header().Set("Connection", "close")
			if !vital(r.URL.Path) {
				c.refused.one(refusedRequest, r.RemoteAddr)
				w.Header().Set("Retry-After", "5")
				http.Error(w, "too many connections already", http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

type connKey struct{}

// answers notes that a request is being answered; reserved says that it came in
// by the reserve.
func (c *connections) answers(r *http.Request) (reserved bool) {
	conn, _ := r.Context().Value(connKey{}).(net.Conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.all[conn]
	if v == nil {
		return false
	}
	v.busy = true
	return v.room == &c.reserve
}

// changed is for http.Server.ConnState.
func (c *connections) changed(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.all[conn]
	switch {
	case s == http.StateNew:
		c.admit(conn)
	case v == nil: // has no place
	case s == http.StateActive:
		v.fresh = false
	case s == http.StateIdle:
		v.busy = false
		v.room.leave(v)
		v.room.taken = append(v.room.taken, v)
	case s == http.StateClosed, s == http.StateHijacked:
		c.forget(v)
	}
}

// admit finds a place for a connection, or closes it.
func (c *connections) admit(conn net.Conn) {
	v := &visitor{conn: conn, address: shareOf(conn.RemoteAddr()), fresh: true}
	for _, r := range []*room{&c.room, &c.reserve} {
		if c.ending || !r.free(v.address) && !c.displace(r, v.address) {
			continue
		}
		v.room = r
		r.taken = append(r.taken, v)
		c.all[conn] = v
		return
	}
	if !c.ending {
		c.refused.one(refusedConnection, conn.RemoteAddr().String())
	}
	conn.Close()
}

// displace frees a place for an address by closing the connection that has
// waited longest for a request; ok is false if all are being answered.
func (c *connections) displace(r *room, a netip.Addr) (ok bool) {
	own := r.of(a) >= r.share
	i := slices.IndexFunc(r.taken, func(v *visitor) bool { return !v.busy && (!own || v.address == a) })
	if i < 0 {
		return false
	}
	v := r.taken[i]
	c.refused.one(refusedWaiting, v.conn.RemoteAddr().String())
	c.forget(v)
	v.conn.Close()
	return true
}

func (c *connections) forget(v *visitor) {
	v.room.leave(v)
	delete(c.all, v.conn)
}

// closeFresh closes what nothing has come from, now and later:
// http.Server.Shutdown would wait for it, and browsers open such connections
// ahead.
func (c *connections) closeFresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
	for conn, v := range c.all {
		if v.fresh {
			conn.Close()
		}
	}
}

// free reports whether an address may have one more place.
func (r *room) free(a netip.Addr) bool { return len(r.taken) < r.most && r.of(a) < r.share }

// of returns how many places an address has.
func (r *room) of(a netip.Addr) (n int) {
	for _, v := range r.taken {
		if v.address == a {
			n++
		}
	}
	return n
}

func (r *room) leave(v *visitor) {
	r.taken = slices.DeleteFunc(r.taken, func(o *visitor) bool { return o == v })
}

// shareOf returns whose share a peer is of: its address; of IPv6 the 64 bits that
// a network gives to one subscriber.
func shareOf(peer net.Addr) netip.Addr {
	at, err := netip.ParseAddrPort(peer.String())
	if err != nil {
		return netip.Addr{}
	}
	a := at.Addr().Unmap()
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64)
		a = p.Addr()
	}
	return a
}
