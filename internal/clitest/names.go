package clitest

import (
	"net"

	"github.com/rogpeppe/go-internal/testscript"
)

// Names is what a script has given names to.
type Names struct {
	Connections map[string]*net.TCPConn
	processes   map[string]*Process
	finished    bool // the script has reached its last line
	t           testscript.T
}

type namesKey struct{}

func setup(env *testscript.Env, names *Names) error {
	*names = Names{Connections: map[string]*net.TCPConn{}, processes: map[string]*Process{}, t: env.T()}
	env.Values[namesKey{}] = names
	env.Setenv(race())
	return nil
}

// Named returns the names of a script.
func Named(ts *testscript.TestScript) *Names { return ts.Value(namesKey{}).(*Names) }
