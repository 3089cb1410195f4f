package accio_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// engine are the packages that would serve any protocol.
var engine = []string{"fsm", "transport", "explore", "explore/simkernel", "explore/served", "trace", "diagram", "live", "modelcheck", "modelcheck/browse", "model/guarded", "mealy"}

// words are those of the protocol: what its tables name and send, and what people
// call these.
func words() *regexp.Regexp {
	known := map[string]bool{"confirm": true, "accio": true}
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		for _, s := range table.States() {
			known[string(s)] = true
		}
		for _, a := range table.Activities {
			if a.Ends != fsm.Closed {
				known[string(a.Ends)] = true
			}
		}
	}
	for _, everyday := range []string{"Done", "Error", "sent"} {
		delete(known, everyday)
	}
	var list []string
	for word := range known {
		list = append(list, word)
	}
	return regexp.MustCompile("(?i)" + strings.Join(list, "|"))
}

// The engine knows no word of the protocol, and imports nothing that does.
func TestEngineKnowsNoProtocol(t *testing.T) {
	forbidden, files, texts := words(), 0, 0
	for _, dir := range engine {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Dir(name) != filepath.FromSlash(dir) || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			imports := map[ast.Node]bool{}
			for _, i := range file.Imports {
				imports[i.Path] = true
			}
			tell := func(at token.Pos, text string) {
				texts++
				for _, ours := range []string{`"accio trace `, `accio learn`, `accio-machine`} { // our commands
					text = strings.ReplaceAll(text, ours, "")
				}
				if word := forbidden.FindString(text); word != "" {
					t.Errorf("%s: %q is the protocol's: %.100s", set.Position(at), word, text)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					tell(n.Pos(), n.Name)
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && !imports[n] {
						tell(n.Pos(), text)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 90 || texts < 10000 {
		t.Errorf("looked at %d files with %d names and texts", files, texts)
	}
	pages, err := filepath.Glob("live/page/*")
	if err != nil {
		t.Fatal(err)
	}
	require.Ran(t, "files of the page", len(pages), 12)
	for _, name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.NewReplacer("accio learn", "", "accio-machine", "").Replace(line)
			if word := forbidden.FindString(line); word != "" {
				t.Errorf("%s:%d: %q is the protocol's: %.100s", name, i+1, word, line)
			}
		}
	}
	var packages []string
	for _, dir := range engine {
		packages = append(packages, "./"+dir)
	}
	out, err := exec.Command("go", append([]string{"list", "-deps"}, packages...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	imported := 0
	for _, name := range strings.Fields(string(out)) {
		if name == "accio/protocol" || name == "accio/model" {
			t.Errorf("the engine imports %s", name)
		}
		if strings.HasPrefix(name, "accio/") {
			imported++
		}
	}
	require.Ran(t, "packages of ours", imported, 15)
}
