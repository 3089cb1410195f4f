package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// variants are the build tags that packages are tested with, one set after the
// other. The fast path and its files exist without, the portable ones with.
var variants = []string{"", "portable"}

// listed is what go list tells of a package.
type listed struct {
	ImportPath, Dir, Export, ForTest string
	GoFiles, Deps                    []string
	Module                           *struct{ Main bool }
}

func goList(args ...string) ([]*listed, error) {
	var problem bytes.Buffer
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Export,ForTest,GoFiles,Deps,Module"}, args...)...)
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(args, " "), err, problem.Bytes())
	}
	var list []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
}

func (p *listed) ours() bool { return p.Module != nil && p.Module.Main }

// load returns the mutants of the packages, sorted by file and place.
func load(root string, patterns []string) (map[string][]*mutant, error) {
	mutants := map[string][]*mutant{}
	done := map[string]bool{}
	for _, tags := range variants {
		list, err := goList(append([]string{"-deps", "-export", "-tags=" + tags}, patterns...)...)
		if err != nil {
			return nil, err
		}
		wanted, err := goList(append([]string{"-tags=" + tags}, patterns...)...)
		if err != nil {
			return nil, err
		}
		exports := map[string]string{}
		for _, p := range list {
			exports[p.ImportPath] = p.Export
		}
		for _, p := range wanted {
			found, err := generate(root, p, exports, done)
			if err != nil {
				return nil, err
			}
			mutants[p.ImportPath] = append(mutants[p.ImportPath], found...)
		}
	}
	for _, list := range mutants {
		slices.SortStableFunc(list, func(a, b *mutant) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.start, b.start)) })
	}
	return mutants, nil
}

// generate returns the mutants of the files of p that are not done yet.
func generate(root string, p *listed, exports map[string]string, done map[string]bool) ([]*mutant, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	sources := map[*ast.File][]byte{}
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(fset, path, source, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		sources[file] = source
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	if _, err := config.Check(p.ImportPath, fset, files, info); err != nil {
		return nil, err
	}
	var mutants []*mutant
	for _, file := range files {
		name := fset.Position(file.Pos()).Filename
		if done[name] {
			continue
		}
		done[name] = true
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return nil, err
		}
		g := &generator{file: filepath.ToSlash(relative), path: p.ImportPath, fset: fset, info: info, source: sources[file], seen: map[string]int{}}
		g.run(file)
		mutants = append(mutants, g.mutants...)
	}
	return mutants, nil
}
