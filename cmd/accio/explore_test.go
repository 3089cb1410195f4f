package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"accio/diagram"
	"accio/internal/clitest"
	"accio/internal/require"
	"accio/model"
	"accio/protocol"
)

// get returns the page at an address.
func get(t *testing.T, url string, status int) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("%s: %s, want %d, %v", url, r.Status, status, err)
	}
	return string(text)
}

// Every model has a page, which tells the verdicts of its claims.
func TestEveryModelHasAPage(t *testing.T) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	studies := model.Levels(&protocol.Server, &protocol.Client, 1)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, ln, pages(studies)) }()
	url := "http://" + ln.Addr().String()
	contents, violated := get(t, url+"/", 200), 0
	for _, study := range studies {
		if !strings.Contains(contents, `<a href="`+study.Name+`/">`) {
			t.Errorf("%s is not among the contents", study.Name)
		}
		text := get(t, url+"/"+study.Name+"/", 200)
		if got := strings.Count(text, ": always: ") + strings.Count(text, ": sometimes: ") +
			strings.Count(text, ": eventually: ") + strings.Count(text, ": leads to: "); got != len(study.Program.Claims) {
			t.Errorf("%s: %d verdicts, want %d", study.Name, got, len(study.Program.Claims))
		}
		violated += strings.Count(text, "VIOLATED")
	}
	require.Ran(t, "models", len(studies), 10)
	require.Ran(t, "claims that are violated", violated, 7)
	get(t, url+"/nowhere/", 404)
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if err := serve(context.Background(), ln, nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("of a closed listener: %v", err)
	}
}

// The command says where its pages are, and goes when it is told to.
func TestExplore(t *testing.T) {
	file := t.TempDir() + "/table.json"
	if err := os.WriteFile(file, []byte(diagram.JSON(&protocol.Server)), 0o644); err != nil {
		t.Fatal(err)
	}
	free, err := clitest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(free)
	for _, test := range []struct {
		args   []string
		models int
		of     string
	}{
		{nil, 10, "3 clients at one server"},
		{[]string{"--table", file, "--port", "0"}, 2, "level 1: the server in chaos"},
		{[]string{"--port", port}, 10, ""},
	} {
		p, err := clitest.Start(exec.Command("accio", append([]string{"explore"}, test.args...)...))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Kill()
		if err := p.Stdout.Wait(`http://127\.0\.0\.1:\d{4,5}/\n`); err != nil {
			t.Fatal(err)
		}
		url := strings.TrimSpace(p.Stdout.String())
		text := get(t, url, 200)
		if n := strings.Count(text, "<li>"); n != test.models || !strings.Contains(text, test.of) {
			t.Errorf("%v: %d models, want %d with %q:\n%s", test.args, n, test.models, test.of, text)
		}
		if test.of == "" {
			// The port is taken now, and that is said.
			second, err := clitest.Start(exec.Command("accio", "explore", "--port", port))
			if err != nil {
				t.Fatal(err)
			}
			defer second.Kill()
			if status, err := second.Wait(); status != 1 || err != nil || !regexp.MustCompile("^ERROR: .*"+port+".* in use").MatchString(second.Stderr.String()) {
				t.Errorf("a second on %s: %d, %v, %s", port, status, err, &second.Stderr)
			}
		}
		if err := p.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if status, err := p.Wait(); status != 0 || err != nil || p.Stderr.String() != "" {
			t.Errorf("%v: %d, %v, %s", test.args, status, err, &p.Stderr)
		}
	}
}
