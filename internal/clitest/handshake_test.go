package clitest

import (
	"slices"
	"testing"

	"accio/protocol"
)

// Written by hand once, so that what is derived from the tables is right.
func TestHandshake(t *testing.T) {
	if got, want := Handshake(&protocol.Server), []string{`<accio\r\n`, `>confirm-accio\r\n`, `<accio\r\n`, `>confirm-accio-again\r\n\r\n`}; !slices.Equal(got, want) {
		t.Errorf("the server's: %q, want %q", got, want)
	}
	if got, want := Handshake(&protocol.Client), []string{`>accio\r\n`, `<confirm-accio\r\n`, `>accio\r\n`, `<confirm-accio-again\r\n\r\n`}; !slices.Equal(got, want) {
		t.Errorf("the client's: %q, want %q", got, want)
	}
	sends, receives := Early(&protocol.Server)
	if want := `>confirm-accio\r\nconfirm-accio-again\r\n\r\n`; sends != want || receives != `<accio\r\naccio\r\n` {
		t.Errorf("%q, %q", sends, receives)
	}
}
