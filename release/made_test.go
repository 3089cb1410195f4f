package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// shared is the directory of what the tests have in common.
var shared string

func TestMain(m *testing.M) {
	status, err := func() (status int, err error) {
		if shared, err = os.MkdirTemp("", "release-test"); err != nil {
			return 1, err
		}
		defer os.RemoveAll(shared)
		return m.Run(), nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// made is a release for this machine's processor on Linux, and its archive unpacked.
type made struct {
	*Release
	dir string
}

// once makes the release from a copy of the tree, as others may be changing that.
var once = sync.OnceValues(func() (*made, error) {
	source := filepath.Join(shared, "source")
	if err := copyTree(source, ".."); err != nil {
		return nil, err
	}
	r, err := release(source, filepath.Join(shared, "out"))
	if err != nil {
		return nil, err
	}
	m := &made{r, filepath.Join(shared, "unpacked")}
	data, err := os.ReadFile(filepath.Join(r.Out, fmt.Sprintf("accio_1.2.0-rc.1_linux_%s.tar.gz", runtime.GOARCH)))
	if err != nil {
		return nil, err
	}
	if err := unpack(data, m.dir); err != nil {
		return nil, err
	}
	m.dir = filepath.Join(m.dir, "accio_1.2.0-rc.1_linux_"+runtime.GOARCH)
	return m, nil
})

func release(source, out string) (*Release, error) {
	r := &Release{
		Source: source, Version: "v1.2.0-rc.1", Commit: "0123456789abcdef0123456789abcdef01234567",
		Time: time.Unix(1_767_323_045, 0).UTC(), Platforms: []Platform{{"linux", runtime.GOARCH}}, Out: out,
	}
	return r, r.Make()
}

func makeOnce(t *testing.T) *made {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skipf("packages are for Linux on amd64 and arm64, this is %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	m, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// file returns one of the files that the release has.
func (m *made) file(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(m.Out, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

// copyTree copies the main module without its history.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of somebody at work
		}
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, inside), 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, inside), data, 0o644)
	})
}

// unpack unpacks a tar file, which may be compressed.
func unpack(data []byte, to string) error {
	var in io.Reader = bytes.NewReader(data)
	if zip, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		in = zip
	}
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(h.Name) {
			return fmt.Errorf("%s is outside", h.Name)
		}
		name := filepath.Join(to, h.Name)
		if h.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(name, h.FileInfo().Mode()); err != nil {
				return err
			}
			continue
		}
		file, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, file, h.FileInfo().Mode()); err != nil {
			return err
		}
	}
}
