package cli

import (
	"errors"
	"fmt"
	"strings"

	"accio/internal/socketfile"
)

// Socket is the value of a flag that is the path of a Unix socket, which is a file; the zero
// value is none.
type Socket string

// Set implements pflag.Value.
func (s *Socket) Set(text string) error {
	if path, ok := strings.CutPrefix(text, "unix:"); ok && path != "" {
		return fmt.Errorf("it must be the path alone, %s", path)
	}
	if text == "" || text[0] == '@' {
		return errors.New("it must be the path of a file, for example /run/accio/control")
	}
	*s = Socket(text)
	return fits(text)
}

// fits is an error for what is too long for the path of a Unix socket, or for its abstract
// name, whose @ takes no room.
func fits(path string) error {
	if n := len(strings.TrimPrefix(path, "@")); n > socketfile.Longest {
		return fmt.Errorf("it has %d bytes, and the path of a Unix socket at most %d", n, socketfile.Longest)
	}
	return nil
}

// String implements pflag.Value.
func (s *Socket) String() string { return string(*s) }

// Type implements pflag.Value.
func (*Socket) Type() string { return "PATH" }
