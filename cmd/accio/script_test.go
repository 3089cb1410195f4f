package main

import (
	"testing"

	"accio/internal/clitest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { clitest.Main(m, "accio", main) }

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Cmds:                clitest.Commands(),
		RequireExplicitExec: true,
		Setup:               clitest.Setup,
	})
}
