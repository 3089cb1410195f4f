package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// programs are what is released; the image has the first of them alone.
var programs = []string{"server-s", "client-s", "accio"}

// Release is one to make.
type Release struct {
	Source    string // the directory of the main module
	Version   string // with a v
	Commit    string
	Time      time.Time // of the commit
	Platforms []Platform
	Out       string

	work string // what is built on the way
}

// Make writes all files.
func (r *Release) Make() (err error) {
	if r.Source, err = filepath.Abs(r.Source); err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	var built []*Built
	var host *Built
	for _, p := range r.Platforms {
		b, err := r.build(p)
		if err != nil {
			return err
		}
		if built = append(built, b); p == here {
			host = b
		}
	}
	if host == nil {
		if host, err = r.build(here); err != nil {
			return err
		}
	}
	common, err := r.documents(host)
	if err != nil {
		return err
	}
	licenses := map[Platform]File{}
	for _, b := range built {
		if licenses[b.Platform], err = r.licenses(b); err != nil {
			return err
		}
		common := append(common[:len(common):len(common)], licenses[b.Platform])
		if err := r.archive(b, common); err != nil {
			return fmt.Errorf("%s: %w", b.Platform, err)
		}
		if b.Platform.OS != "linux" {
			continue
		}
		if err := r.packages(b, common); err != nil {
			return fmt.Errorf("%s: %w", b.Platform, err)
		}
	}
	return errors.Join(r.image(built, licenses), r.bom(built), r.sums())
}

// begin makes the directories. What another run has left would be taken for this
// one's.
func (r *Release) begin() error {
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(r.Out)
	if err != nil {
		return err
	}
	if len(old) > 0 {
		return fmt.Errorf("%s is not empty: %s", r.Out, old[0].Name())
	}
	r.work, err = os.MkdirTemp("", "release")
	return err
}

// File is one of an archive or a package.
type File struct {
	Name string // with slashes
	Data []byte
	Mode fs.FileMode
}

// write writes a file of the release.
func (r *Release) write(name string, data []byte) error {
	return os.WriteFile(filepath.Join(r.Out, name), data, 0o644)
}
