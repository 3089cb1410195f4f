//go:build unix

package main

import (
	"os"
	"os/exec"
	"testing"

	"accio/internal/clitest"
)

// With every limit of file descriptors the client either says at once that it
// is too low, and which one would do, or sends the file (docs/protocol.md §6.8).
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	const lowest, highest = 4, 20
	file := t.TempDir() + "/file"
	check(t, os.WriteFile(file, []byte("hello"), 0o600))
	first, sent := 0, 0
	for limit := lowest; limit <= highest; limit++ {
		enough, wanted, err := clitest.Enough(exec.Command("client-s", "--version"), limit)
		check(t, err)
		if !enough {
			first = wanted
			continue
		}
		cmd := exec.Command("client-s")
		clitest.Limit(cmd, limit)
		p, c := startSending(t, cmd, "localhost", file)
		talk(t, c, header...)
		talk(t, c, "<hello", "eof", "close")
		ends(t, p, 0, `\Asent 5 bytes `)
		sent++
	}
	if first == 0 || sent != highest+1-first {
		t.Errorf("sent with %d limits, %d was said to be enough", sent, first)
	}
}
