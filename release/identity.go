package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"accio/internal/cli"

	"github.com/Masterminds/semver/v3"
)

// number is the version as the names of files and packages have it.
func (r *Release) number() string { return strings.TrimPrefix(r.Version, "v") }

// identify finds out the commit and its time where they are not given.
func (r *Release) identify() error {
	if err := r.named(); err != nil {
		return err
	}
	if r.Commit == "" {
		commit, err := r.git("rev-parse", "HEAD")
		if err != nil {
			return fmt.Errorf("the commit, which --commit may name: %w", err)
		}
		changed, err := r.git("status", "--porcelain")
		if err != nil {
			return err
		}
		r.Commit = commit
		if changed != "" {
			r.Commit += "-modified"
			fmt.Fprintln(os.Stderr, "WARN the tree has changes that are not committed; nobody else can build this")
		}
	}
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		var err error
		if epoch, err = r.git("show", "-s", "--format=%ct", "HEAD"); err != nil {
			return fmt.Errorf("the time of the commit, which SOURCE_DATE_EPOCH may tell: %w", err)
		}
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds <= 0 {
		return fmt.Errorf("SOURCE_DATE_EPOCH %q is not a time in seconds", epoch)
	}
	r.Time = time.Unix(seconds, 0).UTC()
	return nil
}

// named reports whether the version is a semantic one, and the changelog has it. One that is
// still to be tried, such as v1.2.0-rc.1, it need not have.
func (r *Release) named() error {
	number, v := strings.CutPrefix(r.Version, "v")
	version, err := semver.StrictNewVersion(number)
	if !v || err != nil || version.Metadata() != "" || strings.Contains(version.Prerelease(), "-") {
		return cli.Usagef("--version %q: it must be like v1.2.0 or v1.2.0-rc.1, as semver.org has it", r.Version)
	}
	changes, err := os.ReadFile(filepath.Join(r.Source, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	if version.Prerelease() == "" && !strings.Contains(string(changes), "\n## ["+r.number()+"] - ") {
		return cli.Usagef("--version %s: CHANGELOG.md has no heading \"## [%s] - DATE\"; to try a release, say %s-rc.1", r.Version, r.number(), r.Version)
	}
	return nil
}

func (r *Release) git(args ...string) (string, error) {
	c := exec.Command("git", append([]string{"-C", r.Source}, args...)...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}
