package errno

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExplain(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{dir: "name a file in it", filepath.Join(dir, "no", "file"): "its directory is not there, or takes no files: "} {
		_, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		if got := Explain(err); !errors.Is(got, err) || !strings.HasPrefix(got.Error(), err.Error()+"; "+want) {
			t.Errorf("%v; wanted %s", got, want)
		}
	}
	for _, err := range []error{nil, fs.ErrClosed, syscall.EADDRINUSE} {
		if got := Explain(err); got != err {
			t.Errorf("%v of %v", got, err)
		}
	}
	for _, h := range hints {
		for _, err := range h.errors {
			if got := Explain(err); got.Error() != err.Error()+"; "+h.text {
				t.Errorf("%v", got)
			}
		}
	}
}
