package explore

import (
	"os"
	"syscall"
)

// What a test does to a Conn, and asks it.

// Arrive makes bytes arrive.
func (c *Conn) Arrive(text string) { c.AtOnce(func(c Client) { c.Arrive(text) }) }

// End ends the client's side.
func (c *Conn) End() { c.AtOnce(Client.End) }

// Reset makes the next read or write fail as it does when the client has reset the
// connection, after what had arrived was read.
func (c *Conn) Reset() { c.AtOnce(Client.Reset) }

// Fail makes them fail with an error of the caller's.
func (c *Conn) Fail(err error) { c.change(func() { c.broken = err }) }

// Stall makes the client take n bytes more, and then no more; negative: any number.
func (c *Conn) Stall(n int) { c.AtOnce(func(c Client) { c.Stall(n) }) }

// Deafen makes every write fail.
func (c *Conn) Deafen() { c.AtOnce(Client.Deafen) }

// AtOnce calls f with a client of which everything is seen at once.
func (c *Conn) AtOnce(f func(c Client)) { c.change(func() { f(held{c}) }) }

// held is a connection that somebody holds the lock of.
type held struct{ c *Conn }

func (h held) Arrive(text string) { h.c.arrived = append(h.c.arrived, text...) }
func (h held) End()               { h.c.ended = true }
func (h held) Reset()             { h.c.broken = os.NewSyscallError("read", syscall.ECONNRESET) }
func (h held) Stall(n int)        { h.c.room = n }
func (h held) Deafen()            { h.c.deaf = syscall.EPIPE }

// Limit makes each call move so many bytes at most; 0: any number.
func (c *Conn) Limit(n int) { c.change(func() { c.limit = n }) }

// Still calls f while the connection does nothing. Of its methods f may call Holds
// and Says.
func (c *Conn) Still(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// Holds tells what was not read. It is for those who keep the connection still, or
// know that it is.
func (c *Conn) Holds() Holding {
	return Holding{string(c.arrived), c.ended, c.broken != nil, c.room == 0}
}

// Says tells what the server says of itself, likewise.
func (c *Conn) Says() (said Said) {
	if c.report != nil {
		said = c.report()
	}
	said.Closed = said.Closed || c.half || c.closed
	return said
}

// Said returns what the client was sent.
func (c *Conn) Said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.written)
}

// Taken returns the first 4 KiB of what the server has read.
func (c *Conn) Taken() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken
}

// Refused returns how many writes have failed for a client that is deaf.
func (c *Conn) Refused() int { return c.refused }

// HalfClosed reports whether the server has ended its side.
func (c *Conn) HalfClosed() bool { return c.half }

// Interrupted reports whether a deadline in the past was set, or the connection
// closed, as is done to a server that has to stop.
func (c *Conn) Interrupted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.interrupted || c.closed
}
