//go:build !portable

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// A system without Landlock, and one that does not let the process have it, are told, and are
// no reason not to serve (§6.16).
func TestNotConfined(t *testing.T) {
	t.Parallel()
	mayTrace(t)
	landlocked(t)
	strace, err := exec.LookPath("strace")
	check(t, err)
	for fault, want := range map[string]string{
		"landlock_create_ruleset:error=ENOSYS":     `INFO not confined: this system has no Landlock error="landlock_create_ruleset: function not implemented"`,
		"landlock_create_ruleset:error=EOPNOTSUPP": `INFO not confined: this system has no Landlock error="landlock_create_ruleset: operation not supported"`,
		"landlock_create_ruleset:error=EPERM":      `WARN not confined: the system has Landlock, but not for this process error="landlock_create_ruleset: operation not permitted"`,
		"landlock_restrict_self:error=E2BIG":       `WARN not confined: the system has Landlock, but not for this process error=".*argument list too long"`,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			call, _, _ := strings.Cut(fault, ":")
			s := startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) {
				cmd.Args = append([]string{strace, "-D", "-f", "-o", os.DevNull, "-e", "signal=none", "-e", "trace=" + call, "-e", "inject=" + fault, cmd.Path}, cmd.Args[1:]...)
				cmd.Path = strace
			})
			s.client(t, header, turn, ">hello", "end", "eof")
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			if got := s.Stderr.String(); s.Stdout.String() != "5\n" || !regexp.MustCompile(want).MatchString(got) || strings.Contains(got, "landlock=") {
				t.Errorf("standard output %q, standard error %s; wanted %s", &s.Stdout, got, want)
			}
		})
	}
}
