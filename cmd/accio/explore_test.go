package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"accio/internal/require"
	"accio/model"
	"accio/protocol"
)

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
	get := func(path string, status int) string {
		r, err := http.Get("http://" + ln.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != status {
			t.Fatalf("%s: %s, want %d, %v", path, r.Status, status, err)
		}
		return string(text)
	}
	contents, violated := get("/", 200), 0
	for _, study := range studies {
		if !strings.Contains(contents, `<a href="`+study.Name+`/">`) {
			t.Errorf("%s is not among the contents", study.Name)
		}
		text := get("/"+study.Name+"/", 200)
		if got := strings.Count(text, ": always: ") + strings.Count(text, ": sometimes: ") +
			strings.Count(text, ": eventually: ") + strings.Count(text, ": leads to: "); got != len(study.Program.Claims) {
			t.Errorf("%s: %d verdicts, want %d", study.Name, got, len(study.Program.Claims))
		}
		violated += strings.Count(text, "VIOLATED")
	}
	require.Ran(t, "models", len(studies), 8)
	require.Ran(t, "claims that are violated", violated, 6)
	get("/nowhere/", 404)
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
