//go:build linux

package simkernel

import (
	"net/netip"

	"accio/explore"

	"golang.org/x/sys/unix"
)

// Guest is a client of a server on a simulated machine: what package explore asks of
// one. It has a process of its own.
type Guest struct {
	p    *Process
	fd   int
	s    *socket
	sent []byte
	got  []byte
	has  explore.Holding // but for the queue
}

// Guest connects a client to a server of the machine that listens. The error is
// that of connect(2).
func (k *Kernel) Guest(to netip.AddrPort) (*Guest, error) {
	g := &Guest{p: k.Process()}
	fd, err := g.p.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err == nil {
		err = g.p.Connect(fd, to)
	}
	g.fd, g.s = fd, g.p.files[fd].(*socket)
	return g, err
}

// What follows ignores errors: they are what a client gets that comes too late.

// Arrive sends bytes.
func (g *Guest) Arrive(text string) {
	g.sent = append(g.sent, text...)
	g.p.Write(g.fd, []byte(text))
}

// End ends the client's side.
func (g *Guest) End() {
	g.has.End = true
	g.p.Shutdown(g.fd, unix.SHUT_WR)
}

// Reset resets the connection.
func (g *Guest) Reset() {
	g.has.Reset = true
	g.Said() // the last moment to read it
	g.p.Linger(g.fd)
	g.p.Close(g.fd)
}

// Stall makes the client take nothing more, if n is 0, or else everything again.
func (g *Guest) Stall(n int) {
	g.has.Shut = n == 0
	g.p.Full(g.fd, n == 0)
}

// Refused is what every write to a deaf client gives, and nothing else does.
const Refused = unix.EHOSTUNREACH

// Deafen makes every write to the client fail, with Refused.
func (g *Guest) Deafen() { g.p.Refuse(g.fd, Refused) }

// Refused returns how many writes have failed for a deaf client.
func (g *Guest) Refused() (n int) {
	g.p.call("", func() error {
		if g.s.peer != nil {
			n = g.s.peer.refusals
		}
		return nil
	})
	return n
}

// AtOnce calls f with the client, of which everything is seen at once.
func (g *Guest) AtOnce(f func(c explore.Client)) { g.p.AtOnce(func() { f(g) }) }

// Still calls f while no system call is made on the machine but by f.
func (g *Guest) Still(f func()) { g.p.AtOnce(f) }

// Read reads what the client was sent, as read(2) does; EAGAIN if there is nothing yet.
func (g *Guest) Read(b []byte) (int, error) { return g.p.Read(g.fd, b) }

// Said returns what the client was sent.
func (g *Guest) Said() string {
	buffer := make([]byte, 512)
	for {
		n, err := g.Read(buffer)
		if n == 0 || err != nil {
			return string(g.got)
		}
		g.got = append(g.got, buffer[:n]...)
	}
}

// Taken returns what the server has read.
func (g *Guest) Taken() []byte { return g.sent[:len(g.sent)-g.unread()] }

// Holds tells what the connection holds that the server has not read.
func (g *Guest) Holds() explore.Holding {
	has := g.has
	has.Queue = string(g.sent[len(g.sent)-g.unread():])
	return has
}

func (g *Guest) unread() (n int) {
	g.p.call("", func() error {
		if g.s.peer != nil {
			n = len(g.s.sending) + len(g.s.peer.received)
		}
		return nil
	})
	return n
}

// Leave closes the client's socket.
func (g *Guest) Leave() { g.p.Close(g.fd) }
