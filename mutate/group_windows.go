package main

import (
	"context"
	"os/exec"
)

func bounded(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}

func endGroup(*exec.Cmd) {}
