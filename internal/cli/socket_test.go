package cli

import (
	"fmt"
	"strings"
	"testing"

	"accio/internal/socketfile"
)

func TestSocket(t *testing.T) {
	long := strings.Repeat("x", socketfile.Longest)
	tooLong := fmt.Sprintf("it has %d bytes, and the path of a Unix socket at most %d", len(long)+1, len(long))
	const path = "it must be the path of a file, for example /run/accio/control"
	for text, want := range map[string]string{
		"a": "", "/run/a": "", "./@a": "", long: "", long + "x": tooLong, "": path, "@a": path, "unix:": "", "unix:/a": "it must be the path alone, /a",
	} {
		var s Socket
		err := s.Set(text)
		if err == nil && (want != "" || s.String() != text) || err != nil && err.Error() != want {
			t.Errorf("%q: %q, %v; wanted %q", text, s, err, want)
		}
	}
	for text, want := range map[string]string{"unix:" + long: "", "@" + long: "", "unix:" + long + "x": tooLong, "@" + long + "x": tooLong} {
		if err := new(Listen).Set(text); err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%q: %v; wanted %q", text, err, want)
		}
	}
}
