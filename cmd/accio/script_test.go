package main

import (
	"testing"

	"accio/internal/clitest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	clitest.Main(m, "accio", main)
}

func TestScript(t *testing.T) {
	t.Parallel()
	clitest.RunScripts(t, testscript.Params{})
}
