package live

import (
	"fmt"
	"net/http"
	"time"
)

const (
	heartbeat   = 15 * time.Second // the longest silence of a stream
	writeLimit  = 5 * time.Second  // for one write to a browser
	reconnectIn = 2 * time.Second  // what a browser is told to wait
)

// events serves the stream of server-sent events.
func (h *hub) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	c, first, ok := h.join()
	if !ok {
		h.refused.one(refusedStream, r.RemoteAddr)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many listen already", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(c)
	s := &stream{w, http.NewResponseController(w)}
	s.control.SetReadDeadline(time.Time{}) // of the request, which would end the stream
	if s.send(fmt.Appendf(nil, "retry: %d\n\n", reconnectIn.Milliseconds())) != nil || s.send(first) != nil {
		return
	}
	quiet := time.NewTimer(heartbeat)
	defer quiet.Stop()
	for {
		text := []byte(":\n\n")
		select {
		case <-r.Context().Done():
			return
		case <-quiet.C:
		case update, ok := <-c.updates:
			if !ok {
				return
			}
			text = update
		}
		if s.send(text) != nil {
			return
		}
		quiet.Reset(heartbeat)
	}
}

// stream is a response that is written bit by bit.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *stream) send(text []byte) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return s.control.Flush()
}
