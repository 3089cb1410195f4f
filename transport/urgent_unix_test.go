//go:build unix

package transport

import (
	"syscall"
	"testing"

	"accio/protocol"
)

// urge sends text whose last byte is urgent (tcp(7), MSG_OOB).
func (p *peer) urge(text string) {
	p.t.Helper()
	raw, err := p.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	raw.Write(func(fd uintptr) bool {
		err = syscall.Sendto(int(fd), []byte(text), syscall.MSG_OOB, nil)
		return err != syscall.EAGAIN
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// §1.11: wherever it stands, header and payload, seen at once or late.
func TestUrgentDataIsOrdinaryData(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server})
		for cut := 1; cut <= len(header)+4; cut++ {
			stream := header + "payload"
			c := r.dial()
			if cut > len(protocol.Confirm1) {
				c.expect(protocol.Accio)
				c.send(stream[:len(protocol.Confirm1)])
				c.expect(protocol.Accio)
				c.urge(stream[len(protocol.Confirm1):cut])
			} else {
				c.urge(stream[:cut])
			}
			c.send(stream[cut:])
			c.CloseWrite()
			r.wantDone(7)
		}
	})
}
