package main

import (
	"testing"

	"accio/internal/clitest"
)

// The console knows how wide a terminal is, and what is none.
func TestConsoleColumns(t *testing.T) {
	terminal, _ := clitest.Terminal(t, 43)
	_, file := clitest.Pipe(t)
	if c := newConsole(terminal); c.columns() != 43 {
		t.Errorf("a terminal has %d columns, wanted 43", c.columns())
	}
	if c := newConsole(file); c.columns() != 0 {
		t.Errorf("a pipe has %d columns, wanted none", c.columns())
	}
}
