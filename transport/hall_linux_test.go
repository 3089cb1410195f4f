package transport

import (
	"fmt"

	"accio/explore/simkernel"

	"golang.org/x/sys/unix"
)

func init() { halls["crowd"] = newLobby }

// lobby is a hall on a simulated kernel.
type lobby struct {
	*fastListener
	k       *simkernel.Kernel
	process *simkernel.Process
	guests  []*simkernel.Guest
}

func newLobby() hall {
	k := simkernel.New()
	l := &lobby{k: k, process: k.Process()}
	ln, err := listenBy(l.process, 0)
	if err != nil {
		panic(err)
	}
	l.fastListener = ln.(*fastListener)
	return l
}

// visitor is a client of it.
type visitor struct{ *simkernel.Guest }

func (v visitor) refused() bool {
	_, err := v.Read(make([]byte, 1))
	return err == unix.ECONNRESET
}

func (l *lobby) enter() guest {
	g, err := l.k.Guest(l.Addr())
	if err != nil {
		panic(err)
	}
	l.guests = append(l.guests, g)
	return visitor{g}
}

func (l *lobby) left() error {
	for _, g := range l.guests {
		g.Leave()
	}
	if open, misuses := l.process.Open(), l.process.Misuses(); len(open)+len(misuses) > 0 {
		return fmt.Errorf("the descriptors %v are left open; not open was that of %v", open, misuses)
	}
	return nil
}
