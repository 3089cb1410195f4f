//go:build unix

package main

import (
	"os/exec"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// A signal ends a client whose standard error is blocked, also when only the
// last message is left to be written (docs/protocol.md §7.4).
func TestBlockedStderrIsNoImmunity(t *testing.T) {
	t.Parallel()
	for _, progress := range []string{"never", "always"} {
		for name, steps := range map[string][]string{
			"sending": nil,
			"sent":    {"eof", "close"},
			"failed":  {"reset"},
		} {
			t.Run(name+", progress "+progress, func(t *testing.T) {
				t.Parallel()
				r, stdin := pipe(t)
				_, w := pipe(t)
				clitest.Fill(t, w)
				cmd := exec.Command("client-s", "--progress", progress)
				cmd.Stdin, cmd.Stderr = r, w
				p, c := startCommand(t, cmd)
				talk(t, c, header...)
				if name == "sent" {
					check(t, stdin.Close())
				}
				talk(t, c, steps...)
				check(t, p.Signal(syscall.SIGTERM))
				status, err := p.Wait()
				check(t, err)
				if status != 1 {
					t.Errorf("exit status %d, wanted 1", status)
				}
			})
		}
	}
}

// A standard error that nobody can read is no failure to send.
func TestBrokenStderr(t *testing.T) {
	t.Parallel()
	r, stdin := pipe(t)
	check(t, stdin.Close())
	read, stderr := pipe(t)
	check(t, read.Close())
	cmd := exec.Command("client-s")
	cmd.Stdin, cmd.Stderr = r, stderr
	p, c := startCommand(t, cmd)
	talk(t, c, header...)
	talk(t, c, "eof", "close")
	ends(t, p, 0, `\A\z`)
}

// A result that cannot be written is a failure, also of a session that went
// well (docs/protocol.md §7.8).
func TestJSONThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	read, stdout := pipe(t)
	clitest.Unread(t, read, stdout)
	cmd := exec.Command("client-s", "--json")
	r, stdin := pipe(t)
	check(t, stdin.Close())
	cmd.Stdin, cmd.Stdout = r, stdout
	p, c := startCommand(t, cmd)
	talk(t, c, header...)
	talk(t, c, "eof", "close")
	ends(t, p, 1, `\AERROR: standard output: write .*: broken pipe; the result is lost\n\z`)
}
