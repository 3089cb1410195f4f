package accio_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// docs/dependencies.md has a line for every direct dependency, also of the module that
// makes releases, and no other.
func TestEveryDependencyHasAReason(t *testing.T) {
	var mod []byte
	for _, name := range []string{"go.mod", "release/go.mod"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mod = append(mod, text...)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var required, explained []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		if m[1] != "accio" {
			required = append(required, m[1])
		}
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
