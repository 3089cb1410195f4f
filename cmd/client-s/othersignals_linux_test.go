package main

import (
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// Signals that do not end the session do to the client what they do to the
// server (docs/protocol.md §6.4, §7.7).
func TestOtherSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range clitest.Dumping {
		r, _ := pipe(t)
		p, _ := startClient(t, r)
		check(t, p.Signal(sig))
		status, err := p.Wait()
		check(t, err)
		if status != 2 || !strings.Contains(p.Stderr.String(), "goroutine ") {
			t.Errorf("%s: exit status %d, standard error %s", sig, status, &p.Stderr)
		}
	}

	r, w := pipe(t)
	p, c := startClient(t, r)
	talk(t, c, header...)
	sent := 0
	send := func(sig syscall.Signal) {
		check(t, p.Signal(sig))
		check(t, p.Signal(syscall.SIGCONT))
		_, err := w.WriteString("x")
		check(t, err)
		talk(t, c, "<x")
		sent++
	}
	for _, sig := range clitest.Stopping {
		send(sig)
	}
	for _, sig := range clitest.Harmless {
		send(sig)
	}
	check(t, w.Close())
	talk(t, c, "eof", "close")
	ends(t, p, 0, `\Asent 48 bytes `)
	if sent != 48 {
		t.Errorf("%d signals, wanted 48", sent)
	}
}
