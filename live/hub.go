package live

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"
)

const (
	minPause    = 100 * time.Millisecond // between two updates, at least
	maxPause    = 500 * time.Millisecond
	share       = 300 // updates take at most one part in so many of the time
	maxClients  = 16  // who listen at the same time
	clientQueue = 8   // updates that a client may be behind
)

// hub sends updates to those who listen. It looks for them only while there is
// someone; one that does not keep up is dropped.
type hub struct {
	*reporter
	running sync.WaitGroup // run, and everyone who has joined
	done    chan struct{}  // closed when it is closed

	mu      sync.Mutex
	clients map[*client]bool
	last    moment // that the clients were told of
	ticking bool   // run is running
	closed  bool
}

// client is one who listens. It must leave.
type client struct {
	updates chan []byte // closed when the client is dropped, or the hub
	place   uint64      // record.place of the last connection it was told of
}

func newHub(p *reporter) *hub {
	return &hub{reporter: p, done: make(chan struct{}), clients: map[*client]bool{}}
}

// join returns a client and its first message; ok is false if there are too
// many, or the hub is closed.
func (h *hub) join() (c *client, first []byte, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients) >= maxClients {
		return nil, nil, false
	}
	m := h.moment()
	c = &client{updates: make(chan []byte, clientQueue), place: m.ended()}
	h.clients[c] = true
	h.running.Add(1)
	if !h.ticking {
		h.ticking, h.last = true, m
		h.running.Go(h.run)
	}
	return c, message("snapshot", h.snapshot(&m)), true
}

// leave forgets a client, which may have been dropped before.
func (h *hub) leave(c *client) {
	defer h.running.Done()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(c)
}

func (h *hub) drop(c *client) {
	if h.clients[c] {
		delete(h.clients, c)
		close(c.updates)
	}
}

// close tells all clients what is new, drops them and lets no more in.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
	for c := range h.clients {
		h.drop(c)
	}
}

// run rests the longer the more there is to tell: a browser sees no difference,
// and the server has the processor for itself.
func (h *hub) run() {
	for pause := minPause; ; {
		select {
		case <-time.After(pause):
		case <-h.done:
			return
		}
		began := time.Now()
		if !h.tick() {
			return
		}
		pause = min(max(share*time.Since(began), minPause), maxPause)
	}
}

// tick reports whether anyone listens, and tells them what is new.
func (h *hub) tick() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) == 0 {
		h.ticking = false
		return false
	}
	h.tell()
	return true
}

// tell sends an update if something has changed. The caller has the lock.
func (h *hub) tell() {
	m := h.moment()
	if m.same(&h.last) {
		return
	}
	h.last = m
	updates := map[uint64][]byte{} // by what a client was told of before
	for c := range h.clients {
		text := updates[c.place]
		if text == nil {
			text = message("update", h.update(&m, c.place))
			updates[c.place] = text
		}
		select {
		case c.updates <- text:
			c.place = m.ended()
		default:
			h.drop(c)
		}
	}
}

// message is an event of the stream (HTML, 9.2.6).
func message(event string, s Snapshot) []byte {
	var b bytes.Buffer
	b.WriteString("event: " + event + "\ndata: ")
	if err := json.NewEncoder(&b).Encode(s); err != nil {
		panic(err) // a Snapshot has nothing that JSON has not
	}
	b.WriteByte('\n')
	return b.Bytes()
}
