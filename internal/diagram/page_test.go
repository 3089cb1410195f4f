package diagram_test

import (
	"errors"
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

func TestReadmeIsFresh(t *testing.T) {
	const file = "../../README.md"
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := diagram.Readme(string(got))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run: go generate ./...", file)
	}
	if _, err := diagram.Readme("no marks"); !errors.Is(err, diagram.ErrNoMarks) {
		t.Errorf("a text without marks: %v", err)
	}
}
