package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// resources are what a running process holds.
type resources struct{ memory, descriptors, threads float64 }

// held returns what a process holds, where there is a /proc.
func held(pid int) (r resources, err error) {
	dir := fmt.Sprintf("/proc/%d/", pid)
	text, err := os.ReadFile(dir + "status")
	if err != nil {
		return r, err
	}
	kib, err := statusField(text, "VmRSS:")
	if err != nil {
		return r, err
	}
	threads, err := statusField(text, "Threads:")
	if err != nil {
		return r, err
	}
	open, err := os.ReadDir(dir + "fd")
	return resources{float64(kib) / 1024, float64(len(open)), float64(threads)}, err
}

// peakMemory returns the largest resident size that a running process had, in bytes.
func peakMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	kib, err := statusField(text, "VmHWM:")
	return kib << 10, err
}

// statusField returns a number of /proc/PID/status, in its unit there.
func statusField(text []byte, name string) (int64, error) {
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte(name)); ok {
			if fields := bytes.Fields(value); len(fields) > 0 {
				return strconv.ParseInt(string(fields[0]), 10, 64)
			}
		}
	}
	return 0, fmt.Errorf("no %s in /proc/PID/status", name)
}
