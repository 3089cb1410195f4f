package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"accio/internal/cli"
)

// Built are the programs for a platform.
type Built struct {
	Platform Platform
	Programs []File // in the order of programs
	Info     []*buildinfo.BuildInfo
	dir      string
}

// build builds the programs for a platform.
func (r *Release) build(p Platform) (*Built, error) {
	b := &Built{Platform: p, dir: filepath.Join(r.work, p.OS+"-"+p.Arch)}
	const set = " -X accio/internal/cli."
	ld := "-s -w -buildid=" + set + "version=" + r.Version + set + "commit=" + r.Commit + set + "date=" + r.Time.Format(time.RFC3339)
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", ld, "-o", b.dir + string(filepath.Separator)}
	for _, name := range programs {
		args = append(args, "./cmd/"+name)
	}
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		return nil, err
	}
	c := exec.Command("go", args...)
	c.Dir, c.Env, c.Stderr = r.Source, environment(p), os.Stderr
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("go build for %s: %w", p, err)
	}
	for _, name := range programs {
		path := filepath.Join(b.dir, p.file(name))
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return nil, err
		}
		b.Programs = append(b.Programs, File{p.file(name), data, 0o755})
		b.Info = append(b.Info, info)
	}
	return b, nil
}

// environment is this process's without what changes the code that Go makes.
func environment(p Platform) []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOFLAGS", "GOEXPERIMENT", "GOFIPS140", "GODEBUG", "GOWORK":
			return true
		}
		return strings.HasPrefix(name, "CGO_")
	})
	// What go env -w has set would be in force where nothing is said.
	return append(env, "GOOS="+p.OS, "GOARCH="+p.Arch, "GOAMD64=v1", "GOARM64=v8.0", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off")
}

// describe asks a program of this machine what its command line is.
func (b *Built) describe(program string) (d cli.Description, err error) {
	out, err := exec.Command(filepath.Join(b.dir, program), cli.DescribeWord).Output()
	if err != nil {
		return d, fmt.Errorf("%s %s: %w", program, cli.DescribeWord, err)
	}
	if err := json.Unmarshal(out, &d); err != nil {
		return d, fmt.Errorf("%s %s: %w", program, cli.DescribeWord, err)
	}
	return d, nil
}
