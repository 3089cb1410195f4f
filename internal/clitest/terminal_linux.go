package clitest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Terminal returns a terminal so many columns wide, which is nobody's
// controlling terminal, and its other side: what the test reads there is on the
// screen.
func Terminal(t testing.TB, columns uint16) (terminal, screen *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs /dev/ptmx: there is none")
	}
	Check(t, err)
	t.Cleanup(func() { screen.Close() })
	raw, err := screen.SyscallConn()
	Check(t, err)
	var number int
	var errs [3]error
	Check(t, raw.Control(func(fd uintptr) {
		errs[0] = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		number, errs[1] = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		errs[2] = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}))
	Check(t, errors.Join(errs[:]...))
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	Check(t, err)
	t.Cleanup(func() { terminal.Close() })
	return terminal, screen
}
