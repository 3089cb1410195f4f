package main

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"accio/release/completion"
	"accio/release/manual"
)

// Directories of what an archive has beside the programs.
const (
	manDir  = "man/man1"
	bashDir = "completions/bash"
	zshDir  = "completions/zsh"
	fishDir = "completions/fish"
	unitDir = "systemd"
)

// documents are what does not depend on the platform.
func (r *Release) documents(host *Built) (all []File, err error) {
	book := &manual.Book{Version: r.Version, Time: r.Time}
	for _, program := range programs {
		d, err := host.describe(host.Platform.file(program))
		if err != nil {
			return nil, err
		}
		book.Programs = append(book.Programs, d)
		scripts, err := completion.For(program)
		if err != nil {
			return nil, err
		}
		all = append(all,
			File{path.Join(bashDir, program), scripts.Bash, 0o644},
			File{path.Join(zshDir, "_"+program), scripts.Zsh, 0o644},
			File{path.Join(fishDir, program+".fish"), scripts.Fish, 0o644})
	}
	for name, page := range book.Pages() {
		all = append(all, File{path.Join(manDir, name), page, 0o644})
	}
	for dir, patterns := range map[string][]string{
		"":                 {"LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md"},
		"docs":             {"docs/*.md", "docs/*.svg"},
		"docs/screenshots": {"docs/screenshots/*.png"},
		unitDir:            {"deploy/systemd/*.service", "deploy/systemd/*.socket"},
	} {
		for _, pattern := range patterns {
			found, err := filepath.Glob(filepath.Join(r.Source, filepath.FromSlash(pattern)))
			if err != nil {
				return nil, err
			}
			for _, name := range found {
				if all, err = addFile(all, path.Join(dir, filepath.Base(name)), name); err != nil {
					return nil, err
				}
			}
		}
	}
	// The recipes are where the documents look for them.
	err = filepath.WalkDir(filepath.Join(r.Source, "deploy"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || isGo(d.Name()) {
			return err
		}
		in, err := filepath.Rel(r.Source, name)
		if err != nil {
			return err
		}
		all, err = addFile(all, filepath.ToSlash(in), name)
		return err
	})
	if err != nil {
		return nil, err
	}
	unlink(all)
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

var link = regexp.MustCompile(`\[([^\[\]]*)\]\(([^)\s]+)\)`)

// unlink leaves of the links to what is not among the files, such as the source, their text.
// The license is in other places where it is installed.
func unlink(all []File) {
	there := map[string]bool{}
	for _, f := range all {
		for name := f.Name; name != "."; name = path.Dir(name) {
			there[name] = name != "LICENSE"
		}
	}
	for i, f := range all {
		if path.Ext(f.Name) != ".md" {
			continue
		}
		all[i].Data = link.ReplaceAllFunc(f.Data, func(whole []byte) []byte {
			parts := link.FindSubmatch(whole)
			to, _, _ := strings.Cut(string(parts[2]), "#")
			if to == "" || strings.Contains(to, ":") || there[path.Join(path.Dir(f.Name), to)] {
				return whole
			}
			return parts[1]
		})
	}
}

// addFile adds a file of the tree.
func addFile(all []File, name, from string) ([]File, error) {
	data, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o644)
	if bytes.HasPrefix(data, []byte("#!")) {
		mode = 0o755
	}
	return append(all, File{name, data, mode}), nil
}

// isGo reports whether a file is for the go command.
func isGo(name string) bool {
	return path.Ext(name) == ".go" || name == "go.mod" || name == "go.sum"
}
