package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// maintainer has an address, as Debian's policy wants one; it is not one for mail.
const maintainer = "The Accio developers <accio@localhost>"

//go:embed scripts
var scripts embed.FS

// packages writes the packages for Linux.
func (r *Release) packages(b *Built, common []File) error {
	for _, format := range []string{"deb", "rpm"} {
		if err := r.pack(format, b, common); err != nil {
			return fmt.Errorf("%s: %w", format, err)
		}
	}
	return nil
}

func (r *Release) pack(format string, b *Built, common []File) error {
	info := &nfpm.Info{
		Name:        "accio",
		Arch:        b.Platform.Arch,
		Platform:    b.Platform.OS,
		Version:     r.number(),
		Release:     "1",
		Section:     "net",
		Priority:    "optional",
		Maintainer:  maintainer,
		Vendor:      "The Accio developers",
		License:     "MIT",
		MTime:       r.Time,
		Description: "TCP server that counts the bytes that clients send, its client and its tools\nserver-s prints one number a connection. client-s sends it a file. accio tests\nanybody's server and client against the contract, and explores the tables.",
	}
	info.DisableGlobbing = true
	info.RPM.BuildHost = "localhost"
	info.RPM.Summary = strings.SplitN(info.Description, "\n", 2)[0]
	info.Suggests = []string{"bash-completion", "bubblewrap"} // the second is for accio conform --sandbox
	stage := filepath.Join(b.dir, format)
	if err := r.beside(info, filepath.Join(b.dir, format+"-control")); err != nil {
		return err
	}
	for _, f := range b.Programs {
		f.Name = "/usr/bin/" + f.Name
		common = append(common[:len(common):len(common)], f)
	}
	for _, f := range common {
		content, err := r.content(format, stage, f)
		if err != nil {
			return err
		}
		info.Contents = append(info.Contents, content)
	}
	if format == "rpm" {
		info.Contents = append(info.Contents, r.directories(info.Contents)...)
	}
	info = nfpm.WithDefaults(info)
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := packager.Package(info, &out); err != nil {
		return err
	}
	return r.write(packager.ConventionalFileName(info), out.Bytes())
}

// beside gives the package what it has beside its files: the scripts for dpkg and RPM, and a
// changelog in their form, in which v1.2.0-rc.1 is 1.2.0~rc.1. The packager reads them from files.
func (r *Release) beside(info *nfpm.Info, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, script := range map[string]*string{
		"installed.sh": &info.Scripts.PostInstall, "removing.sh": &info.Scripts.PreRemove, "removed.sh": &info.Scripts.PostRemove,
	} {
		text, err := scripts.ReadFile("scripts/" + name)
		if err != nil {
			return err
		}
		*script = filepath.Join(dir, name)
		if err := os.WriteFile(*script, text, 0o755); err != nil {
			return err
		}
	}
	info.Changelog = filepath.Join(dir, "changelog.yaml")
	return os.WriteFile(info.Changelog, fmt.Appendf(nil, `- semver: %q
  date: %q
  packager: %q
  deb: {urgency: medium, distributions: [unstable]}
  changes: [{note: What is new is in CHANGELOG.md.}]
`, strings.Replace(r.number(), "-", "~", 1)+"-"+info.Release, r.Time.Format(time.RFC3339), maintainer), 0o644)
}

// directories are those that belong to the package alone. In a .deb all are.
func (r *Release) directories(contents files.Contents) (all files.Contents) {
	made := map[string]bool{}
	for _, c := range contents {
		for dir := path.Dir(c.Destination); !made[dir] && path.Dir(dir) != "/"; dir = path.Dir(dir) {
			made[dir] = true
			if path.Base(dir) == "accio" || strings.Contains(dir, "/accio/") {
				all = append(all, &files.Content{Destination: dir, Type: files.TypeDir, FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: 0o755, MTime: r.Time}})
			}
		}
	}
	return all
}

// content is a file where the systems have it. The packager reads it from a file.
func (r *Release) content(format, stage string, f File) (*files.Content, error) {
	to := installed(format, f.Name)
	if path.Dir(to) == "/usr/share/man/man1" {
		var err error
		if f.Data, err = gzipped(f.Data); err != nil {
			return nil, err
		}
	}
	from := filepath.Join(stage, filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(from, f.Data, 0o644); err != nil {
		return nil, err
	}
	c := &files.Content{Source: from, Destination: to, FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.Mode, MTime: r.Time}}
	switch {
	case format == "rpm" && f.Name == "LICENSE":
		c.Type = files.TypeRPMLicense
	case format == "rpm" && strings.HasPrefix(to, "/usr/share/doc/"):
		c.Type = files.TypeRPMDoc
	}
	return c, nil
}

// installed is where a package of the format has a file of an archive.
func installed(format, name string) string {
	dir, base := path.Split(name)
	switch path.Clean(dir) {
	case "/usr/bin":
		return name
	case manDir:
		return "/usr/share/man/man1/" + base + ".gz"
	case bashDir:
		return "/usr/share/bash-completion/completions/" + base
	case fishDir:
		return "/usr/share/fish/vendor_completions.d/" + base
	case unitDir:
		return "/usr/lib/systemd/system/" + base
	case zshDir:
		if format == "deb" {
			return "/usr/share/zsh/vendor-completions/" + base
		}
		return "/usr/share/zsh/site-functions/" + base
	}
	switch {
	case name == "LICENSE" && format == "deb":
		return "/usr/share/doc/accio/copyright"
	case name == "LICENSE":
		return "/usr/share/licenses/accio/LICENSE"
	}
	return path.Join("/usr/share/doc/accio", name)
}
