package conform

import "golang.org/x/sys/unix"

// urgent sends a byte of urgent data (tcp(7)).
func (p *peer) urgent(b byte) {
	p.note("%s → %s  urgent %s", p.name, p.other, quote(string(b)))
	raw, err := p.conn.SyscallConn()
	if err == nil {
		raw.Write(func(fd uintptr) bool {
			err = unix.Sendto(int(fd), []byte{b}, unix.MSG_OOB, nil)
			return err != unix.EAGAIN
		})
	}
	if err != nil {
		panic(moot{err.Error()})
	}
}
