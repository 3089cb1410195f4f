package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// What a release was built from, set by the linker (-X): it is built without what
// the toolchain records of a repository, so that everybody's build is the same. A
// commit that ends with "-modified" was not all of it.
var version, commit, date string

// Version describes the program: its version, the commit and its time where they
// are known, and what it was built with and for.
func Version(name string) string {
	return fmt.Sprintf("%s %s %s %s/%s", name, thisBuild(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Release is the version of the program, and the revision where that does not
// say it.
func Release() string {
	b := thisBuild()
	if b.commit == "" || version != "" || strings.Contains(b.version, short(b.commit)) {
		return b.version
	}
	return b.version + " " + b.commit
}

// build is what a program was built from.
type build struct {
	version, commit, date string // commit and date may be empty
	modified              bool   // the tree was not that of the commit
}

func thisBuild() build {
	if version != "" {
		name, modified := strings.CutSuffix(commit, "-modified")
		return build{version, name, date, modified}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{version: "(unknown)"}
	}
	return recorded(info)
}

// recorded is the build that the toolchain has recorded.
func recorded(info *debug.BuildInfo) build {
	b := build{version: info.Main.Version}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.date = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

// String is, say, "v1.2.0 (commit 323076f7964b, 2026-11-27T07:13:52Z)".
func (b build) String() string {
	if b.commit == "" {
		return b.version
	}
	text := b.version + " (commit " + short(b.commit)
	if b.modified {
		text += ", modified"
	}
	if b.date != "" {
		text += ", " + b.date
	}
	return text + ")"
}

// short is as much of a commit's name as a pseudo-version of Go has.
func short(commit string) string { return commit[:min(12, len(commit))] }
