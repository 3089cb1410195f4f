package main

import "time"

const blockedPatience = time.Second // how long a result may take to be written before that is said

// writes returns for how long a result has been being written; 0 if none is. Any
// goroutine may call it.
func (p *results) writes() time.Duration {
	if w := p.writing.Load(); w != nil {
		return max(time.Since(w.since), 1)
	}
	return 0
}

// blocked returns for how long a result could not be written; 0 if that is not
// worth a word. Any goroutine may call it.
func (p *results) blocked() time.Duration {
	if d := p.writes(); d >= blockedPatience {
		return d
	}
	return 0
}

// warn tells the log that standard output is blocked, if it is
// (docs/protocol.md §6.9). It is what the timer late calls.
func (p *results) warn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.writing.Load(); w != nil && time.Since(w.since) >= blockedPatience {
		p.told = true
		p.log.Warn("standard output is blocked: nobody reads it, and no client is served until somebody does", "connection", w.connection)
	}
}

// over is the end of a write; it tells the log if that was told of its blocking.
func (p *results) over(err error) {
	w := p.writing.Swap(nil)
	p.late.Stop()
	p.mu.Lock() // it may be at it
	defer p.mu.Unlock()
	if p.told && err == nil {
		p.log.Info("standard output is read again", "blocked", time.Since(w.since).Round(100*time.Millisecond))
	}
	p.told = false
}

// abandon gives up a write that has taken so long, if there is one, and returns
// it. The log says no more of it: that it is lost is the last word.
func (p *results) abandon(long time.Duration) *write {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.writing.Load()
	if w == nil || time.Since(w.since) < long || !p.writing.CompareAndSwap(w, nil) {
		return nil
	}
	p.told = false
	return w
}
