package main

import (
	"bytes"
	"context"
	_ "embed" // the sources of the peers
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

//go:embed peers/loop.c
var loopSource []byte

//go:embed peers/epoll.c
var epollSource []byte

type prepareFunc = func(ctx context.Context, dir string) ([]string, error)

// with puts arguments before those that a peer has already.
func with(prepare prepareFunc, args ...string) prepareFunc {
	return func(ctx context.Context, dir string) ([]string, error) {
		argv, err := prepare(ctx, dir)
		if err != nil {
			return nil, err
		}
		return slices.Insert(argv, 1, args...), nil
	}
}

// goServer builds a command of this module, unless another peer has.
func goServer(name string, args ...string) prepareFunc {
	return func(ctx context.Context, dir string) ([]string, error) {
		if _, err := exec.LookPath("go"); err != nil {
			return nil, &missingError{"go", "is not installed"}
		}
		program := filepath.Join(dir, name)
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		if _, err := os.Stat(program); err == nil {
			return []string{program, "{port}"}, nil
		}
		err := tool(ctx, "go", append([]string{"build", "-o", program}, args...)...)
		return []string{program, "{port}"}, err
	}
}

// cServer compiles a program of peers/, unless another peer has.
func cServer(name string, text []byte) prepareFunc {
	return func(ctx context.Context, dir string) ([]string, error) {
		if runtime.GOOS != "linux" {
			return nil, &missingError{"gcc", "peers/" + name + ".c needs Linux: MSG_TRUNC discards nothing elsewhere"}
		}
		if _, err := exec.LookPath("gcc"); err != nil {
			return nil, &missingError{"gcc", "is not installed"}
		}
		program := filepath.Join(dir, name)
		if _, err := os.Stat(program); err != nil {
			source := program + ".c"
			if err := os.WriteFile(source, text, 0o600); err != nil {
				return nil, err
			}
			if err := tool(ctx, "gcc", "-O2", "-o", program, source); err != nil {
				return nil, err
			}
		}
		return []string{program, "{port}"}, nil
	}
}

func netcat(ctx context.Context, _ string) ([]string, error) {
	if _, err := exec.LookPath("nc"); err != nil {
		return nil, &missingError{"nc", "is not installed"}
	}
	help, _ := exec.CommandContext(ctx, "nc", "-h").CombinedOutput()
	if !bytes.Contains(help, []byte("OpenBSD")) {
		return nil, &missingError{"nc", "is not the OpenBSD netcat"}
	}
	return shell("nc", "nc -l 127.0.0.1 {port} | wc -c")
}

func socat(context.Context, string) ([]string, error) {
	return shell("socat", "socat -u TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr - | wc -c")
}

// socatFork has the program print on descriptor 3: its standard output is the
// connection.
func socatFork(ctx context.Context, dir string) ([]string, error) {
	argv, err := cServer("loop", loopSource)(ctx, dir)
	if err != nil {
		return nil, err
	}
	return shell("socat", "exec socat TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,backlog=4096,fork EXEC:'"+argv[0]+" -1',nofork 3>&1")
}

func shell(name, pipeline string) ([]string, error) {
	for _, t := range []string{name, "sh", "wc"} {
		if _, err := exec.LookPath(t); err != nil {
			return nil, &missingError{t, "is not installed"}
		}
	}
	return []string{"sh", "-c", pipeline}, nil
}

func iperf3(context.Context, string) ([]string, error) {
	if _, err := exec.LookPath("iperf3"); err != nil {
		return nil, &missingError{"iperf3", "is not installed"}
	}
	return []string{"iperf3", "-s", "-1", "-J", "-B", "127.0.0.1", "-p", "{port}"}, nil
}

// tool runs a compiler.
func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
