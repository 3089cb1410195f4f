package faults

import (
	"net"
	"sync"

	"accio/protocol"
)

const header = protocol.Confirm1 + protocol.Confirm2

// link is the network's end of a connection to the server. It knows what has
// been passed on, and so what the server has to print.
type link struct {
	server  *net.TCPConn
	changed chan struct{} // something has

	mu     sync.Mutex
	passed []byte
	failed bool // a write has
	over   bool // the server has closed
	ended  bool // the stream was ended, and before the server closed
}

// Write passes on to the server.
func (l *link) Write(p []byte) (int, error) {
	n, err := l.server.Write(p)
	l.mu.Lock()
	l.passed = append(l.passed, p[:n]...)
	l.failed = l.failed || err != nil
	l.mu.Unlock()
	l.tell()
	return n, err
}

// Close ends the stream, but not that of the server.
func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.server.CloseWrite()
	l.ended = l.ended || err == nil && !l.over && !l.failed
	return err
}

// Read reads what the server sends.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.server.Read(p)
	if err != nil {
		l.mu.Lock()
		l.over = true
		l.mu.Unlock()
		l.tell()
	}
	return n, err
}

// count returns what was passed on, and the count that the server has to print,
// if it has to print one.
func (l *link) count() (passed []byte, count int64, good bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed, int64(len(l.passed) - len(header)), l.ended && len(l.passed) >= len(header)
}

func (l *link) tell() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// await waits until so many bytes have been passed on, or the server has closed:
// on a slow machine the idle limit may come first.
func (l *link) await(bytes int) {
	for range l.changed {
		l.mu.Lock()
		done := len(l.passed) >= bytes || l.over || l.failed
		l.mu.Unlock()
		if done {
			return
		}
	}
}
