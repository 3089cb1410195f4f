package clitest

import (
	"net"

	"github.com/rogpeppe/go-internal/testscript"
)

// Names is what a script has given names to.
type Names struct {
	Connections map[string]*net.TCPConn
	processes   map[string]*Process
}

type namesKey struct{}

// Setup prepares a script for Commands; it is part of testscript.Params.Setup.
func Setup(env *testscript.Env) error {
	env.Values[namesKey{}] = &Names{map[string]*net.TCPConn{}, map[string]*Process{}}
	env.Setenv(race())
	return nil
}

// Named returns the names of a script.
func Named(ts *testscript.TestScript) *Names { return ts.Value(namesKey{}).(*Names) }
