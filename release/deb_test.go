package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
	"accio/internal/require"
)

// The package is installed into a root of its own, serves there, and leaves nothing
// when it is removed. Without root it is only unpacked.
func TestDebServes(t *testing.T) {
	m := makeOnce(t)
	dpkg, deb, root := require.Tool(t, "dpkg"), m.file(t, "accio_*.deb"), t.TempDir()
	if os.Getuid() == 0 {
		for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"} {
			if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		output(t, exec.Command(dpkg, "--root="+root, "--force-script-chrootless", "--install", deb))
	} else {
		output(t, exec.Command(dpkg, "--extract", deb, root))
	}
	bin := filepath.Join(root, "usr/bin")
	wholeSession(t, bin)
	for _, program := range programs {
		out := output(t, exec.Command(filepath.Join(bin, program), "--version"))
		want := fmt.Sprintf("%s v1.2.0-rc.1 (commit 0123456789ab, 2026-01-02T03:04:05Z) %s linux/%s\n", program, runtime.Version(), runtime.GOARCH)
		if out != want {
			t.Errorf("%q, want %q", out, want)
		}
	}
	if os.Getuid() != 0 {
		return
	}
	output(t, exec.Command(dpkg, "--root="+root, "--force-script-chrootless", "--purge", "accio"))
	if left, err := os.ReadDir(filepath.Join(root, "usr")); err == nil {
		t.Errorf("removed, and there is still %v", left)
	}
}

// wholeSession sends a file from the client to the server in a directory.
func wholeSession(t *testing.T, bin string) {
	t.Helper()
	free, err := clitest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(free)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 1_234_567), 0o644); err != nil {
		t.Fatal(err)
	}
	server, err := clitest.Start(exec.Command(filepath.Join(bin, "server-s"), port))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Kill()
	if err := server.Stderr.Wait("listening"); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(filepath.Join(bin, "client-s"), "localhost", port, file).CombinedOutput(); err != nil {
		t.Errorf("client-s: %v: %s", err, out)
	}
	if err := server.Stdout.Wait(`^1234567$`); err != nil {
		t.Error(err)
	}
	if err := server.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if status, err := server.Wait(); status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
}

// Both packages have the same files, but for where the completions of zsh and the
// license are, and that RPM has no file for the changelog of the package. Of an RPM they say
// what is documentation, and that its directories are its own.
func TestPackagesHaveTheSame(t *testing.T) {
	m := makeOnce(t)
	dpkg, rpm := require.Tool(t, "dpkg"), require.Tool(t, "rpm")
	output(t, exec.Command(rpm, "--checksig", "--nosignature", m.file(t, "accio-*.rpm")))
	var deb []string
	for _, line := range strings.Split(strings.TrimSpace(output(t, exec.Command(dpkg, "--contents", m.file(t, "accio_*.deb")))), "\n") {
		if name := "/" + strings.TrimPrefix(line[strings.LastIndex(line, " ")+1:], "./"); !strings.HasSuffix(name, "/") && name != "/usr/share/doc/accio/changelog.Debian.gz" {
			deb = append(deb, name)
		}
	}
	query := func(format string) []string {
		return strings.Fields(output(t, exec.Command(rpm, "--query", "--queryformat", format, "--package", m.file(t, "accio-*.rpm"))))
	}
	var inRPM, dirs, documents []string
	for _, line := range query(`[%{FILEMODES:octal}:%{FILEFLAGS:fflags}:%{FILENAMES}\n]`) {
		f := strings.Split(line, ":")
		switch {
		case strings.HasPrefix(f[0], "40"):
			dirs = append(dirs, f[2])
			continue
		case f[1] == "d":
			documents = append(documents, f[2])
		}
		inRPM = append(inRPM, f[2])
	}
	if !slices.Contains(dirs, "/usr/share/doc/accio") || !slices.Contains(dirs, "/usr/share/doc/accio/docs") || !slices.Contains(dirs, "/usr/share/licenses/accio") ||
		slices.ContainsFunc(dirs, func(dir string) bool { return !strings.Contains(dir+"/", "/accio/") }) {
		t.Errorf("it owns the directories %q", dirs)
	}
	if !slices.Contains(documents, "/usr/share/doc/accio/docs/protocol.md") {
		t.Errorf("documentation is %q", documents)
	}
	if got := strings.Join(query("[%{CHANGELOGNAME} %{CHANGELOGTEXT}]%{POSTIN}%{PREUN}%{POSTUN}"), " "); !strings.Contains(got, "- 1.2.0~rc.1-1 - What is new") || strings.Count(got, "#!/bin/sh") != 3 {
		t.Errorf("its changelog and scripts are %s", got)
	}
	for i, name := range inRPM {
		name = strings.Replace(name, "/zsh/site-functions/", "/zsh/vendor-completions/", 1)
		inRPM[i] = strings.Replace(name, "/licenses/accio/LICENSE", "/doc/accio/copyright", 1)
	}
	slices.Sort(deb)
	slices.Sort(inRPM)
	if !slices.Equal(deb, inRPM) || len(deb) < 30 {
		t.Errorf("deb %q\nrpm %q", deb, inRPM)
	}
	control := t.TempDir()
	output(t, exec.Command(dpkg, "--control", m.file(t, "accio_*.deb"), control))
	if got := names(t, control); fmt.Sprint(got) != "[control md5sums postinst postrm prerm]" {
		t.Errorf("beside its files it has %q", got)
	}
	if i := slices.Index(deb, "/usr/share/man/man1/accio-conform-server.1.gz"); i < 0 {
		t.Error("no manual")
	}
}

// What the documents link to is beside them, wherever they are installed.
func TestLinks(t *testing.T) {
	m, links, deploys := makeOnce(t), 0, 0
	err := filepath.WalkDir(m.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".md" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)(?:#[^):]*)?\)`).FindAllStringSubmatch(string(text), -1) {
			links++
			if strings.Contains(link[1], "deploy/") {
				deploys++
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), link[1])); err != nil || filepath.Base(link[1]) == "LICENSE" {
				t.Errorf("%s: %s: %v", name, link[0], err)
			}
		}
		return nil
	})
	if err != nil || links < 80 || deploys < 10 {
		t.Errorf("%d links, %d to deploy: %v", links, deploys, err)
	}
	if script, err := os.Stat(filepath.Join(m.dir, "deploy/haproxy/server.sh")); err != nil || script.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", script, err)
	}
}

// SHA256SUMS has a right line for every other file, which sha256sum takes too.
func TestSums(t *testing.T) {
	m := makeOnce(t)
	sums, err := os.ReadFile(filepath.Join(m.Out, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var want string
	for _, name := range names(t, m.Out) {
		if name == "SHA256SUMS" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(m.Out, name))
		if err != nil {
			t.Fatal(err)
		}
		want += fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name)
	}
	if string(sums) != want || strings.Count(want, "\n") != 5 {
		t.Errorf("%s\nwant:\n%s", sums, want)
	}
	c := exec.Command(require.Tool(t, "sha256sum"), "--check", "--quiet", "SHA256SUMS")
	c.Dir = m.Out
	output(t, c)
}
