package accio_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accio/internal/clitest"
	"accio/internal/require"
)

// ownFiles returns the files of docs/your-own-protocol.md, by name.
func ownFiles(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("docs/your-own-protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)`(\\w+\\.go)`:\n\n```go\n(.*?)```").FindAllSubmatch(text, -1) {
		files[string(m[1])] = string(m[2])
	}
	require.Ran(t, "files", len(files), 4)
	return files
}

// ownModule is a module outside of this one, with the files of the document.
func ownModule(t *testing.T, replace bool) (dir string, run func(args ...string) string) {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, text := range ownFiles(t) {
		// The document's ports may be taken.
		text = strings.NewReplacer("Listen(ctx, 4000)", "Listen(ctx, 0)", "127.0.0.1:8080", "127.0.0.1:0",
			"server := &", "fmt.Println(ln.Addr())\n\tserver := &").Replace(text)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run = func(args ...string) string {
		t.Helper()
		c := exec.Command("go", args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("mod", "init", "example.com/doorman")
	if replace {
		run("mod", "edit", "-require", "accio@v0.0.0", "-replace", "accio="+root)
	} else {
		run("work", "init", ".", root)
	}
	return dir, run
}

// docs/your-own-protocol.md does what it says, as a module beside this one.
func TestYourOwnProtocol(t *testing.T) {
	t.Parallel()
	dir, run := ownModule(t, true)
	run("mod", "tidy")
	if out := run("test", "-v", "."); !strings.Contains(out, "environment: 716 states, 31 claims") || !strings.Contains(out, "PASS") ||
		!strings.Contains(out, "1098 words, 16 cuts, 672 shutdowns, 672 resets, 672 failing writes, 150 of the W-method") {
		t.Errorf("go test printed\n%s", out)
	}
	run("build", "-o", "doorman", ".")
	run("mod", "vendor")
	if out := run("list", "-mod=vendor", "-f", "{{.Dir}}", "accio/live"); out != filepath.Join(dir, "vendor/accio/live")+"\n" {
		t.Errorf("vendored is %s", out)
	}

	c := exec.Command(filepath.Join(dir, "doorman"))
	c.Dir = dir
	server, err := clitest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Kill()
	if err := server.Stdout.Wait(`\d\n`); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(strings.TrimSpace(server.Stdout.String()))
	for _, guest := range []struct{ says, result string }{
		{"me\nhat", "luggage: 3\n"},
		{"you\n", `sent away: Listen: byte 1 is 'y', wanted 'm'; wanted "me\n", exactly (received >> "you\n", hex >> 79 6f 75 0a)` + "\n"},
	} {
		c, err := net.Dial("tcp4", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, guest.says)
		c.(*net.TCPConn).CloseWrite()
		heard, _ := io.ReadAll(c)
		c.Close()
		if err := server.Stdout.Wait(regexp.QuoteMeta(guest.result) + `\z`); err != nil || string(heard) != "who?\n" {
			t.Errorf("%q heard %q: %v", guest.says, heard, err)
		}
	}
	if picture, err := os.ReadFile(filepath.Join(dir, "doorman.svg")); err != nil || !bytes.Contains(picture, []byte(`data-state="Luggage"`)) {
		t.Errorf("doorman.svg: %v", err)
	}
}

// A workspace does without a replace.
func TestYourOwnProtocolInAWorkspace(t *testing.T) {
	t.Parallel()
	_, run := ownModule(t, false)
	run("vet", ".")
}
