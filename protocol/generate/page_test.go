package main

import (
	"errors"
	"os"
	"testing"

	"accio/diagram"
	"accio/fsm"
	"accio/protocol"
)

func TestPageIsFresh(t *testing.T) {
	const name = "../../docs/state-diagram.md"
	want, err := page()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; run: go generate ./...", err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run: go generate ./...", name)
	}
}

func TestReadmeIsFresh(t *testing.T) {
	const name = "../../README.md"
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := readme(string(got))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run: go generate ./...", name)
	}
	if _, err := readme("no marks"); !errors.Is(err, errNoMarks) {
		t.Errorf("a text without marks: %v", err)
	}
}

// The pictures in the tree are those that are drawn now.
func TestPicturesAreFresh(t *testing.T) {
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		if got, err := os.ReadFile("../../" + file(table)); err != nil || string(got) != diagram.SVG(table) {
			t.Errorf("%s is stale (%v); run: go generate ./...", file(table), err)
		}
	}
}
