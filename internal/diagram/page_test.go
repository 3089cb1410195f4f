package diagram_test

import (
	"os"
	"testing"

	"accio/internal/diagram"
)

func TestPageIsFresh(t *testing.T) {
	const file = "../../docs/state-diagram.md"
	want, err := diagram.Page()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run: go generate ./...", err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run: go generate ./...", file)
	}
}
