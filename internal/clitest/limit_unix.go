//go:build unix

package clitest

import (
	"fmt"
	"os/exec"
	"strconv"
)

// Limit makes cmd run with at most so many file descriptors.
func Limit(cmd *exec.Cmd, descriptors int) { Limited(cmd, "-n", descriptors) }

// Limited makes cmd run with a limit of sh's ulimit.
func Limited(cmd *exec.Cmd, resource string, limit int) {
	cmd.Args = append([]string{"sh", "-c", "ulimit " + resource + " " + strconv.Itoa(limit) + ` && exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
}

// Enough runs a command that does nothing, with such a limit, and returns
// whether it is enough; if not, also which one the command says would be
// (docs/protocol.md §6.8).
func Enough(cmd *exec.Cmd, descriptors int) (enough bool, wanted int, err error) {
	Limit(cmd, descriptors)
	p, err := Start(cmd)
	if err != nil {
		return false, 0, err
	}
	defer p.Kill()
	status, err := p.Wait()
	if err != nil || status == 0 {
		return err == nil, 0, err
	}
	has, text := 0, p.Stderr.String()
	const words = "ERROR: too few file descriptors: the limit (ulimit -n) is %d, wanted %d or more\n"
	fmt.Sscanf(text, words, &has, &wanted)
	if status != 1 || has != descriptors || wanted <= has || text != fmt.Sprintf(words, has, wanted) {
		err = fmt.Errorf("with %d descriptors: exit status %d, standard error %q", descriptors, status, text)
	}
	return false, wanted, err
}
