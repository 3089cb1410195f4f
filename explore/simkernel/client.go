//go:build linux

package simkernel

// What a test brings about at once, and a real client by means of more bytes
// or of a network.

// Full makes the other end find its buffer full, whatever is in it, until it is
// called with false.
func (p *Process) Full(fd int, full bool) error {
	return p.onSocket("", fd, func(s *socket) error { s.peer.full = full; return nil })
}

// Refuse makes every write of the other end fail with the error.
func (p *Process) Refuse(fd int, err error) error {
	return p.onSocket("", fd, func(s *socket) error { s.peer.refuse = err; return nil })
}
