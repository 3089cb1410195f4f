package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
)

// modules are those that are linked into any of the programs, by path.
func modules(built []*Built) map[string]*debug.Module {
	all := map[string]*debug.Module{}
	for _, b := range built {
		for _, info := range b.Info {
			for _, m := range linked(info) {
				all[m.Path] = m
			}
		}
	}
	return all
}

// linked are the modules of a program, without its own.
func linked(info *buildinfo.BuildInfo) (all []*debug.Module) {
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, m)
	}
	return all
}

var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// licenses are the licenses of everything that is linked in for a platform, which they
// want to be handed on with it. A module without one is an error.
func (r *Release) licenses(built *Built) (File, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "The programs contain the modules below, and the standard library of Go. Their licenses follow.\n")
	all := modules([]*Built{built})
	for _, path := range slices.Sorted(maps.Keys(all)) {
		c := exec.Command("go", "mod", "download", "-json", path+"@"+all[path].Version)
		c.Dir, c.Env = r.Source, environment(here)
		out, err := c.Output()
		var where struct{ Dir string }
		if err == nil {
			err = json.Unmarshal(out, &where)
		}
		if err == nil {
			err = tell(&b, path+" "+all[path].Version, where.Dir)
		}
		if err != nil {
			return File{}, fmt.Errorf("license of %s: %w", path, err)
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err == nil {
		err = tell(&b, "Go", string(bytes.TrimSpace(root)))
	}
	if err != nil {
		return File{}, fmt.Errorf("license of Go: %w", err)
	}
	return File{"THIRD-PARTY-LICENSES", b.Bytes(), 0o644}, nil
}

// tell writes the licenses in a directory.
func tell(b *bytes.Buffer, what, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	found := 0
	for _, e := range entries {
		if e.IsDir() || !licenseFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		found++
		fmt.Fprintf(b, "\n== %s: %s\n\n%s\n", what, e.Name(), bytes.TrimSpace(text))
	}
	if found == 0 {
		return fmt.Errorf("no file LICENSE, COPYING or NOTICE in %s", dir)
	}
	return nil
}
