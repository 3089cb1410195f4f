package accio_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every numbered claim of docs/protocol.md is named, as §1.2, by a test.
func TestEveryClaimIsTested(t *testing.T) {
	text, err := os.ReadFile("docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	claims := regexp.MustCompile(`\*\*(\d+\.\d+)\*\*`).FindAllStringSubmatch(string(text), -1)
	if len(claims) == 0 {
		t.Fatal("docs/protocol.md has no claims")
	}
	named := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range regexp.MustCompile(`§(\d+\.\d+)`).FindAllStringSubmatch(string(text), -1) {
			named[name[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, claim := range claims {
		if !named[claim[1]] {
			t.Errorf("no test names §%s", claim[1])
		}
		delete(named, claim[1])
	}
	for name := range named {
		t.Errorf("a test names §%s, which docs/protocol.md does not have", name)
	}
}

// docs/dependencies.md has a line for every direct dependency, and no other.
func TestEveryDependencyHasAReason(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var required, explained []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		required = append(required, m[1])
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\S+)` \\|").FindAllStringSubmatch(string(doc), -1) {
		explained = append(explained, m[1])
	}
	slices.Sort(required)
	slices.Sort(explained)
	if len(required) == 0 || !slices.Equal(required, explained) {
		t.Errorf("go.mod requires   %v\nthe page explains %v", required, explained)
	}
}
