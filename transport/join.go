package transport

import (
	"net"
	"sync"
)

// joined is several listeners as one. It accepts from all of them, and what more than one
// of them returns at a time waits for its turn.
type joined struct {
	several

	mu      sync.Mutex
	changed *sync.Cond
	busy    []bool // of each: somebody waits in its Accept
	held    []Incoming
	err     error
	closed  bool
}

func join(all []Listener) Listener {
	if len(all) == 1 {
		return all[0]
	}
	j := &joined{several: all, busy: make([]bool, len(all))}
	j.changed = sync.NewCond(&j.mu)
	return j
}

// Accept implements Listener.
func (j *joined) Accept() (Incoming, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for {
		waiting := false
		for i := range j.several {
			if !j.busy[i] && !j.closed && len(j.held) == 0 && j.err == nil {
				j.busy[i] = true
				go j.from(i)
			}
			waiting = waiting || j.busy[i]
		}
		switch err := j.err; {
		case len(j.held) > 0:
			c := j.held[0]
			j.held = j.held[1:]
			return c, nil
		case err != nil:
			j.err = nil
			return nil, err
		case j.closed && !waiting:
			return nil, net.ErrClosed
		}
		j.changed.Wait()
	}
}

// from accepts from one of them.
func (j *joined) from(i int) {
	c, err := j.several[i].Accept()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.busy[i] = false
	switch {
	case err == nil && j.closed:
		turnAway(c)
	case err == nil:
		j.held = append(j.held, c)
	case !j.closed:
		j.err = err
	}
	j.changed.Broadcast()
}

// turnAway does to a client what closing does to those in the queue.
func turnAway(c Incoming) {
	if n, ok := c.(*netConn); ok {
		if tcp, ok := n.streamConn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
	}
	c.Close()
}

// Close implements Listener.
func (j *joined) Close() error {
	j.mu.Lock()
	j.closed = true
	for _, c := range j.held {
		turnAway(c)
	}
	j.held = nil
	j.changed.Broadcast()
	j.mu.Unlock()
	return j.several.Close()
}
