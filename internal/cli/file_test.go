package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFile(t *testing.T) {
	for text, want := range map[string]string{"a": "", "./-": "", "": "it must name a file", "-": "it must name a file; one of that name is ./-"} {
		var f File
		err := f.Set(text)
		if err == nil && (want != "" || f.String() != text) || err != nil && (err.Error() != want || f != "") {
			t.Errorf("%q: %q, %v; wanted %q", text, f, err, want)
		}
	}
}

// What is standard output is that by any name, whatever it is; /dev/null is no place.
func TestFileIs(t *testing.T) {
	dir := t.TempDir()
	regular, err := os.Create(filepath.Join(dir, "regular"))
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Link(regular.Name(), link); err != nil {
		t.Fatal(err)
	}
	before := os.Stdout
	defer func() { os.Stdout = before; regular.Close(); null.Close() }()
	os.Stdout = regular
	for name, want := range map[string]bool{regular.Name(): true, link: true, filepath.Join(dir, "new"): false, os.DevNull: false, dir: false} {
		if got := File(name).Is(os.Stdout); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if os.Stdout = null; File(os.DevNull).Is(os.Stdout) {
		t.Error("nothing is no place for results")
	}
}
