package clitest

import (
	"slices"
	"testing"

	"accio/fsm"
)

// Written by hand once, so that what is derived from the tables is right.
func TestHandshake(t *testing.T) {
	if got, want := Handshake(&fsm.Server), []string{`<accio\r\n`, `>confirm-accio\r\n`, `<accio\r\n`, `>confirm-accio-again\r\n\r\n`}; !slices.Equal(got, want) {
		t.Errorf("the server's: %q, want %q", got, want)
	}
	if got, want := Handshake(&fsm.Client), []string{`>accio\r\n`, `<confirm-accio\r\n`, `>accio\r\n`, `<confirm-accio-again\r\n\r\n`}; !slices.Equal(got, want) {
		t.Errorf("the client's: %q, want %q", got, want)
	}
	sends, receives := Early(&fsm.Server)
	if want := `>confirm-accio\r\nconfirm-accio-again\r\n\r\n`; sends != want || receives != `<accio\r\naccio\r\n` {
		t.Errorf("%q, %q", sends, receives)
	}
}
