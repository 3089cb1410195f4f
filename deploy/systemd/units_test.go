// Package systemd has no code: its tests are about the units beside them.
package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"accio/internal/require"
)

// mostExposed is what systemd-analyze may say of a service at most: 0 is confined
// entirely, 10 not at all.
const mostExposed = 2.0

// leastLines is how many lines a second the journal has to take of a server, which are
// more than there can be; by default it leaves out those beyond 10,000 in 30 s
// (journald.conf(5)), and an interval of 0, for no limit, is not heeded by systemd 252.
const leastLines = 1_000_000

func keepsLines(unit string) bool {
	burst := regexp.MustCompile(`(?m)^LogRateLimitIntervalSec=1s\nLogRateLimitBurst=(\d+)$`).FindStringSubmatch(unit)
	if burst == nil {
		return false
	}
	lines, err := strconv.Atoi(burst[1])
	return err == nil && lines >= leastLines
}

// The units are what systemd takes without a word, their flags are those of the server,
// and the services are confined.
func TestUnits(t *testing.T) {
	require.Tool(t, "systemd-analyze")
	dir := t.TempDir()
	server := filepath.Join(dir, "server-s")
	if out, err := exec.Command("go", "build", "-o", server, "accio/cmd/server-s").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	units, err := filepath.Glob("*.s[eo]*")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	services := 0
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, strings.Replace(unit, "@.", "@5001.", 1))
		names = append(names, name)
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(text), "/usr/bin/server-s", server)), 0o600); err != nil {
			t.Fatal(err)
		}
		command := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/server-s (.*)$`).FindStringSubmatch(string(text))
		if command == nil {
			continue
		}
		services++
		if !keepsLines(string(text)) {
			t.Errorf("%s: the journal leaves lines out, unless LogRateLimitBurst= is at least %d in LogRateLimitIntervalSec=1s", unit, leastLines)
		}
		flags := strings.Fields(strings.ReplaceAll(command[1], "%i", "5001"))
		if out, err := exec.Command(server, append(flags, "--help")...).CombinedOutput(); err != nil || !strings.Contains(string(out), "usage: server-s") {
			t.Errorf("%s: the flags %q: %v\n%s", unit, flags, err, out)
		}
		if strings.Contains(string(text), "RestartPreventExitStatus=") || !strings.Contains(string(text), "\nRestart=on-failure\nRestartSec=1s\n") {
			t.Errorf("%s: it has to be restarted whatever it failed of: the exit status of a panic, and of the watchdog's SIGABRT, is that of a wrong command line", unit)
		}
		if !strings.Contains(string(text), "\nStartLimitIntervalSec=0\n") {
			t.Errorf("%s: after some restarts systemd starts it no more, and a socket refuses clients, unless StartLimitIntervalSec=0", unit)
		}
		if dir := regexp.MustCompile(`(?m)^RuntimeDirectory=(.*)$`).FindStringSubmatch(string(text)); dir == nil || !strings.Contains(command[1], "--control /run/"+dir[1]+"/control ") {
			t.Errorf("%s: the directory of --control is none that systemd makes", unit)
		}
		out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", name).CombinedOutput()
		level := regexp.MustCompile(`Overall exposure level for \S+: (\d+\.\d+) `).FindSubmatch(out)
		if err != nil || level == nil {
			t.Fatalf("%s: %v\n%s", unit, err, out)
		}
		if n, _ := strconv.ParseFloat(string(level[1]), 64); n > mostExposed {
			t.Errorf("%s is exposed to %v, wanted at most %v\n%s", unit, n, mostExposed, out)
		}
	}
	require.Ran(t, "units", len(units), 3)
	require.Ran(t, "services", services, 2)
	if out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, names...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// The drop-in that docs/operations.md has is what systemd takes without a word; its flags are
// those of the server, and the unit's are among them.
func TestDropIn(t *testing.T) {
	require.Tool(t, "systemd-analyze")
	told, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)\n```ini\n(.*?)```").FindSubmatch(told)
	if found == nil {
		t.Fatal("docs/operations.md has no drop-in")
	}
	dir := t.TempDir()
	server := filepath.Join(dir, "server-s")
	if out, err := exec.Command("go", "build", "-o", server, "accio/cmd/server-s").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	unit, err := os.ReadFile("accio-server.service")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := os.ReadFile("accio-server.socket")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "accio-server.service.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"accio-server.service": unit, "accio-server.socket": socket, "accio-server.service.d/override.conf": found[1]} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(string(text), "/usr/bin/server-s", server)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", filepath.Join(dir, "accio-server.service")).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	command := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/server-s (.*)$`)
	usual, changed := command.FindSubmatch(unit), command.FindSubmatch(found[1])
	if usual == nil || changed == nil || !strings.HasPrefix(string(changed[1]), string(usual[1])+" ") {
		t.Fatalf("the unit has %q, the drop-in %q", usual, changed)
	}
	if out, err := exec.Command(server, append(strings.Fields(string(changed[1])), "--help")...).CombinedOutput(); err != nil || !strings.Contains(string(out), "usage: server-s") {
		t.Errorf("%v\n%s", err, out)
	}
}
