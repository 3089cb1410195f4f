package transport

import "time"

// watch is a listener that tells whenever its server turns to it or to a
// connection: the server has then dealt with all that came before.
type watch struct {
	Listener
	turned chan struct{} // holds one
}

func newWatch(ln Listener) *watch {
	return &watch{Listener: ln, turned: make(chan struct{}, 1)}
}

// until waits for what only the server brings about, and reports whether it came.
func (w *watch) until(come func() bool) bool {
	limit := time.After(patience)
	for !come() {
		select {
		case <-w.turned:
		case <-limit:
			return come()
		}
	}
	return true
}

func (w *watch) tell() {
	select {
	case w.turned <- struct{}{}:
	default:
	}
}

func (w *watch) Accept() (c Incoming, err error) {
	w.tell()
	if c, err = w.Listener.Accept(); err == nil {
		c = &watchedConn{c, w.tell}
	}
	return c, err
}

type watchedConn struct {
	Incoming
	tell func()
}

func (c *watchedConn) Read(p []byte) (int, error) {
	c.tell()
	return c.Incoming.Read(p)
}

func (c *watchedConn) Discard() (int64, error) {
	c.tell()
	return c.Incoming.Discard()
}

func (c *watchedConn) Write(p []byte) (int, error) {
	c.tell()
	return c.Incoming.Write(p)
}

func (c *watchedConn) Close() error {
	c.tell()
	return c.Incoming.Close()
}
