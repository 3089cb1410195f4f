package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A suite is the tests of one package, built with one set of tags, that run
// code of the mutated package.
type suite struct {
	order          int // in which they are asked
	tags, pkg, dir string
	mutated        string // the package
	files          map[string]bool
	// hash is of everything in the directories of this module that the tests
	// are built from, testdata included.
	hash  string
	cache string // a directory

	measure sync.Once
	cover   coverage
	err     error

	all     []*mutant // that may be built together
	joining sync.Once
	program string           // with all of them, or nothing
	alone   map[*mutant]bool // but these

	dislike map[*unit]bool // pass alone, but not in the program

	mutex sync.Mutex
	kills map[string]int // by unit
}

func (s *suite) String() string {
	name := "./" + strings.TrimPrefix(strings.TrimPrefix(s.pkg, modulePath), "/")
	if s.tags != "" {
		name += "[" + s.tags + "]"
	}
	return name
}

const modulePath = "accio"

// others are the packages whose tests, beside its own, are there to watch a
// package too.
var others = map[string][]string{
	"accio/fsm":       {"accio", "accio/diagram"},
	"accio/explore":   {"accio/transport"},
	"accio/transport": {"accio/cmd/server-s", "accio/cmd/client-s"},
}

// suites returns what may kill the mutants of a package: first its own tests,
// then those of the others.
func suites(root, cache, of string, mutants []*mutant) ([]*suite, error) {
	var all []*suite
	seen := map[string]bool{} // a variant that builds the same is the same
	for _, tags := range variants {
		names := append([]string{of}, others[of]...)
		list, err := goList(append([]string{"-test", "-deps", "-tags=" + tags}, names...)...)
		if err != nil {
			return nil, err
		}
		plain := map[string]*listed{}
		for _, p := range list {
			if p.ForTest == "" && p.ours() && !strings.HasSuffix(p.ImportPath, ".test") {
				plain[p.ImportPath] = p
			}
		}
		for _, p := range list {
			if !strings.HasSuffix(p.ImportPath, ".test") {
				continue
			}
			order := slices.Index(names, strings.TrimSuffix(p.ImportPath, ".test"))
			if order < 0 {
				continue
			}
			s := &suite{order: order, all: mutants, tags: tags, pkg: strings.TrimSuffix(p.ImportPath, ".test"), mutated: of, cache: cache, kills: map[string]int{}, dislike: map[*unit]bool{}}
			var files, dirs []string
			for _, d := range p.Deps {
				d, _, _ = strings.Cut(d, " ")
				if own := plain[d]; own != nil {
					dirs = append(dirs, own.Dir)
					for _, f := range own.GoFiles {
						files = append(files, own.Dir+"/"+f)
					}
				}
			}
			slices.Sort(files)
			key := s.pkg + strings.Join(files, " ")
			if seen[key] {
				continue
			}
			seen[key] = true
			s.dir = filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(s.pkg, modulePath), "/")))
			s.files = map[string]bool{}
			for _, f := range plain[of].GoFiles {
				s.files[f] = true
			}
			if s.hash, err = hash(root, append(dirs, s.dir), s.tags); err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b *suite) int { return a.order - b.order })
	return all, nil
}

// hash returns what the files in the directories, and in testdata below them,
// come to, wherever the root is.
func hash(root string, dirs []string, salt string) (string, error) {
	slices.Sort(dirs)
	h := sha256.New()
	fmt.Fprintln(h, salt)
	for _, dir := range slices.Compact(dirs) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if path != dir && d.Name() != "testdata" && !strings.Contains(path[len(dir):], "testdata") {
					return fs.SkipDir
				}
				return nil
			}
			text, err := os.ReadFile(path)
			fmt.Fprintln(h, path[len(root):], len(text))
			h.Write(text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}
