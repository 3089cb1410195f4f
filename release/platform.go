package main

import (
	"runtime"
	"slices"

	"accio/internal/cli"
)

// Platform is a system and a processor, as Go names them.
type Platform struct{ OS, Arch string }

// platforms are those that a release is for.
var platforms = []Platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"},
}

// here is this machine's, whose programs can be asked what they are.
var here = Platform{runtime.GOOS, runtime.GOARCH}

func (p Platform) String() string { return p.OS + "/" + p.Arch }

// file is what a program is called there.
func (p Platform) file(program string) string {
	if p.OS == "windows" {
		return program + ".exe"
	}
	return program
}

// among returns the platforms of these names.
func among(names []string) (some []Platform, err error) {
	for _, name := range names {
		i := slices.IndexFunc(platforms, func(p Platform) bool { return p.String() == name })
		if i < 0 {
			return nil, cli.Usagef("--platform %q is none of %v", name, platforms)
		}
		some = append(some, platforms[i])
	}
	return some, nil
}
