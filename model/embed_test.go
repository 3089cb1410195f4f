package model_test

import (
	"os"
	"strings"
	"testing"

	"accio/model"
)

func TestDocumentIsFresh(t *testing.T) {
	const file = "../docs/model-checking.md"
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := model.Embed(string(got))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run: go generate ./...", file)
	}
	story, err := model.Story()
	if err != nil {
		t.Fatal(err)
	}
	if played, err := os.ReadFile("../protocol/story.json"); err != nil || string(played) != string(story) {
		t.Errorf("the counterexample of the page is stale (%v); run: go generate ./...", err)
	}
	for _, broken := range []string{"", want + "<!-- chart other -->\n", strings.Replace(want, "<!-- end of chart -->", "", -1)} {
		if _, err := model.Embed(broken); err == nil {
			t.Errorf("no error for a text of %d bytes with other marks", len(broken))
		}
	}
}
