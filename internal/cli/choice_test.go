package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
)

func TestProgress(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for text, on := range map[string]bool{"auto": false, "never": false, "always": true} {
		var word string
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		Progress(flags, &word, "")
		if err := flags.Set("progress", text); err != nil || word != text || Shows(word, file) != on {
			t.Errorf("%s: %q, %v, on %t", text, word, err, Shows(word, file))
		}
	}
}

func TestChoice(t *testing.T) {
	for wrong, among := range map[string][]string{
		"it must be auto, always or never": {"auto", "always", "never"},
		"it must be text or json":          {"text", "json"},
	} {
		for _, text := range []string{"", "Auto", "JSON", "xml"} {
			c := choice{&among[0], among}
			if err := c.Set(text); err == nil || err.Error() != wrong || c.String() != among[0] {
				t.Errorf("%q: %q, %v", text, &c, err)
			}
		}
	}
}
