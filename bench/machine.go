package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// machine describes where the figures come from, as far as it can be known.
func machine(ctx context.Context) string {
	parts := []string{fmt.Sprintf("%d × %s", runtime.NumCPU(), processor())}
	if kernel := read("/proc/sys/kernel/osrelease"); kernel != "" {
		parts = append(parts, "Linux "+kernel)
	} else if out, err := exec.CommandContext(ctx, "uname", "-sr").Output(); err == nil {
		parts = append(parts, strings.TrimSpace(string(out)))
	}
	parts = append(parts, fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH))
	if out, err := exec.CommandContext(ctx, "gcc", "-dumpfullversion").Output(); err == nil {
		parts = append(parts, "gcc "+strings.TrimSpace(string(out)))
	}
	if control := read("/proc/sys/net/ipv4/tcp_congestion_control"); control != "" {
		parts = append(parts, "TCP "+control)
	}
	if load, _, ok := strings.Cut(read("/proc/loadavg"), " "); ok {
		parts = append(parts, "load "+load+" at the start")
	}
	if n := os.Getenv("GOMAXPROCS"); n != "" {
		parts = append(parts, "GOMAXPROCS="+n)
	}
	return strings.Join(parts, ", ")
}

// processor returns the name of the CPU, or the architecture.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func read(name string) string {
	text, _ := os.ReadFile(name)
	return strings.TrimSpace(string(text))
}

// commandLine is what to type to do the same again.
func commandLine(args []string) string {
	line := "go run ./bench"
	for _, a := range args {
		if strings.ContainsAny(a, " \t\n'\"`$\\*?;&|<>()") {
			a = strconv.Quote(a)
		}
		line += " " + a
	}
	return line
}
