package accio_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write "+apiFile)

const apiFile = "testdata/api.txt"

// public are the packages that modules beside this one import.
var public = []string{"diagram", "explore", "explore/served", "explore/simkernel", "fsm", "live", "model", "model/guarded", "modelcheck", "modelcheck/browse", "protocol", "trace", "transport"}

// api returns what a package exports, on every system that it builds for,
// without comments and bodies.
func api(dir string) (string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "\n== %s\n\n", dir)
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		if !ast.FileExports(file) {
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						v.Values = nil // a table, for example, says no name of Go's
					}
				}
			case *ast.FuncDecl:
				d.Body = nil
			}
			if err := printer.Fprint(&out, set, d); err != nil {
				return "", err
			}
			out.WriteString("\n")
		}
	}
	return out.String(), nil
}

// What other modules may use changes only where that is meant: -update writes
// what is there now.
func TestAPI(t *testing.T) {
	var got strings.Builder
	got.WriteString("What other modules can use. Written by: go test -run TestAPI -update .\n")
	for _, dir := range public {
		text, err := api(dir)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(text, "\n") < 9 {
			t.Errorf("%s exports next to nothing:\n%s", dir, text)
		}
		got.WriteString(text)
	}
	if *update {
		if err := os.WriteFile(apiFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(apiFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("%s is not what there is; if that is meant: go test -run TestAPI -update .\n%s", apiFile, firstDifference(got.String(), string(want)))
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is now\n%s\nand was\n%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, and %d before", len(a), len(b))
}
