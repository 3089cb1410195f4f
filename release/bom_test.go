package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"

	"accio/internal/require"
)

// The SBOM has what the toolchain says of each program, and the archive its licenses.
func TestBOM(t *testing.T) {
	m := makeOnce(t)
	data, err := os.ReadFile(m.file(t, "*.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(data), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	depends := map[string]map[string]bool{}
	for _, d := range *bom.Dependencies {
		depends[d.Ref] = map[string]bool{}
		for _, on := range *d.Dependencies {
			depends[d.Ref][on] = true
		}
	}
	components, refs := map[string]string{}, map[string]bool{}
	for _, c := range *bom.Components {
		components[c.Name] = c.BOMRef
		if refs[c.BOMRef] {
			t.Errorf("twice: %s", c.BOMRef)
		}
		refs[c.BOMRef] = true
	}
	licenses, err := os.ReadFile(filepath.Join(m.dir, "THIRD-PARTY-LICENSES"))
	if err != nil {
		t.Fatal(err)
	}
	programsSeen, libraries := 0, 0
	for _, program := range programs {
		ref := components[m.Platforms[0].String()+"/"+program]
		if depends[ref] == nil || !depends["pkg:golang/accio@v1.2.0-rc.1"][ref] {
			t.Errorf("%s is not there", program)
		}
		programsSeen++
		out := output(t, exec.Command("go", "version", "-m", filepath.Join(m.dir, program)))
		found := regexp.MustCompile(`(?m)^\tdep\t(\S+)\t(\S+)\t`).FindAllStringSubmatch(out, -1)
		for _, dep := range found {
			libraries++
			if want := "pkg:golang/" + dep[1] + "@" + dep[2]; !depends[ref][want] || !refs[want] {
				t.Errorf("%s: no %s", program, want)
			}
			if !bytes.Contains(licenses, []byte("\n== "+dep[1]+" "+dep[2]+": ")) {
				t.Errorf("no license of %s", dep[1])
			}
		}
		require.Ran(t, "dependencies of "+program, len(depends[ref]), len(found)+1) // and Go
	}
	require.Ran(t, "programs", programsSeen, 3)
	if libraries < 20 || !bytes.Contains(licenses, []byte("\n== Go: LICENSE\n")) {
		t.Errorf("%d dependencies", libraries)
	}
}

// Whoever builds for one platform alone gets the file that the whole release has for it, with
// what is linked in there and nothing else.
func TestLicensesOfAPlatform(t *testing.T) {
	r := &Release{Source: ".."}
	of := func(modules ...*debug.Module) string {
		f, err := r.licenses(&Built{Platform: here, Info: []*debug.BuildInfo{{Deps: modules}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(f.Data)
	}
	cobra, mousetrap := &debug.Module{Path: "github.com/spf13/cobra"}, &debug.Module{Path: "github.com/inconshreveable/mousetrap"}
	for _, m := range []*debug.Module{cobra, mousetrap} {
		m.Version = strings.TrimSpace(output(t, exec.Command("go", "list", "-m", "-f", "{{.Version}}", m.Path)))
	}
	windows, linux := of(cobra, mousetrap), of(cobra)
	if !strings.Contains(windows, "== "+mousetrap.Path+" ") || strings.Contains(linux, mousetrap.Path) || !strings.Contains(linux, "== "+cobra.Path+" ") {
		t.Errorf("of Windows:\n%s\nof Linux:\n%s", windows, linux)
	}
}
