package clitest

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Main is for TestMain: tests find the command as an executable in PATH. As
// they mostly wait, more of them run at the same time than there are processors.
func Main(m *testing.M, command string, main func()) {
	flag.Set("test.parallel", "16")
	testscript.Main(m, map[string]func(){command: main})
}

// race is the environment of commands under the race detector, which otherwise
// lingers for a second when they end.
func race() (key, value string) {
	return "GORACE", os.Getenv("GORACE") + " atexit_sleep_ms=0"
}
