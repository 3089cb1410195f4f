package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/cli"
	"accio/internal/clitest"
	"accio/internal/require"

	"golang.org/x/sys/unix"
)

// landlocked returns the version of Landlock; without one the test is skipped.
func landlocked(t *testing.T) int {
	t.Helper()
	version, err := supported()
	if err != nil {
		require.Missing(t, "landlock", err.Error())
	}
	return version
}

// tokyo is the offset of the zone that the server logs in, if this system knows that zone.
func tokyo(t *testing.T) string {
	if _, err := time.LoadLocation("Asia/Tokyo"); err != nil {
		t.Logf("the zone of the log is not looked at: %v", err)
		return ""
	}
	return `\+09:00`
}

// Once its port is open, no thread of the server can open what it was not given, nor connect
// to anybody; without the sandbox all of this can be done (§6.16).
func TestConfined(t *testing.T) {
	t.Parallel()
	version := landlocked(t)
	for _, confined := range []bool{true, false} {
		t.Run(fmt.Sprint(confined), func(t *testing.T) {
			t.Parallel()
			f, trace := foreignThings(t), filepath.Join(t.TempDir(), "trace")
			flags := []string{"--http", "0", "--trace", trace}
			if !confined {
				flags = append(flags, "--no-sandbox")
			}
			s := infiltrate(t, flags...)
			attempts := 0
			for _, test := range []struct {
				since int // the version that takes it
				what  string
				errno syscall.Errno
			}{
				{1, "read /etc/passwd", unix.EACCES},
				{1, "read " + f.dir, unix.EACCES},
				{1, "read /proc/1/stat", unix.EACCES},
				{1, "read " + trace, unix.EACCES},
				{1, "write " + f.dir + "/file", unix.EACCES},
				{1, "create " + f.dir + "/new", unix.EACCES},
				{1, "mkdir " + f.dir + "/dir", unix.EACCES},
				{1, "rename " + f.dir + "/file " + f.dir + "/moved", unix.EACCES},
				{1, "remove " + f.dir + "/moved", unix.EACCES},
				{1, "remove " + trace, unix.EACCES},
				{1, "execute /bin/true", unix.EACCES},
				{3, "truncate " + f.dir + "/file", unix.EACCES},
				{4, "connect " + f.tcp, unix.EACCES},
				{4, "bind 127.0.0.1:0", unix.EACCES},
				{6, fmt.Sprint("signal ", os.Getpid()), unix.EPERM},
				{6, "dial " + f.abstract, unix.EPERM},
				{9, "dial " + f.path, unix.EACCES},
			} {
				for insider := range insiders {
					check(t, os.WriteFile(f.dir+"/file", []byte("mine"), 0o600))
					os.RemoveAll(f.dir + "/dir")
					os.WriteFile(f.dir+"/moved", nil, 0o600)
					os.WriteFile(trace, nil, 0o600)
					want := syscall.Errno(0)
					if confined && test.since <= version {
						want = test.errno
					}
					if got := s.does(t, insider, test.what); got != want {
						t.Errorf("thread %d, %s: %v, wanted %v", insider, test.what, got, want)
					}
					attempts++
				}
			}
			require.Ran(t, "attempts", attempts, 17*insiders)
			line := "\\A\\S+" + tokyo(t) + " INFO not confined: --no-sandbox\n"
			if confined {
				line = fmt.Sprintf("\\A\\S+"+tokyo(t)+" INFO confined landlock=%d reads=\"/proc/self, /proc/stat\" writes=%s unconfined=\"(.+, )?Multipath TCP\"\n", version, filepath.Dir(trace))
			}
			if !regexp.MustCompile(line).MatchString(s.Stderr.String()) {
				t.Errorf("standard error %s, wanted %s", &s.Stderr, line)
			}
			s.client(t, header, turn, ">hello", "end", "eof")
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			if got := s.Stdout.String(); got != "5\n" {
				t.Errorf("standard output %q", got)
			}
		})
	}
}

// What the server needs is left to it: its trace, also under its name when that is another
// file, and what the metrics read.
func TestConfinedServerServes(t *testing.T) {
	t.Parallel()
	landlocked(t)
	names := map[bool][]string{}
	for _, confined := range []bool{true, false} {
		dir := t.TempDir()
		trace, link := filepath.Join(dir, "traces", "trace"), filepath.Join(dir, "link")
		check(t, os.Mkdir(filepath.Dir(trace), 0o700))
		check(t, os.Symlink(trace, link))
		flags := []string{"--http", "0", "--trace", link}
		if !confined {
			flags = append(flags, "--no-sandbox")
		}
		s := infiltrate(t, flags...)
		check(t, s.Stderr.Wait(pageAddress.String()))
		page := pageAddress.FindStringSubmatch(s.Stderr.String())[1]
		s.client(t, header, turn, ">hello", "end", "eof")
		resp, err := http.Get(page + "/metrics")
		check(t, err)
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		check(t, err)
		all := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^(process_\w+) `).FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
		names[confined] = slices.Sorted(maps.Keys(all))
		check(t, os.Rename(trace, trace+".1"))
		for _, what := range []string{"create " + link, "write " + link, "truncate " + link} {
			if got := s.does(t, 0, what); got != 0 {
				t.Errorf("confined %t: %s: %v", confined, what, got)
			}
		}
		s.client(t, header, turn, ">worlds", "end", "eof")
		s.signal(t, syscall.SIGTERM)
		s.ends(t, 0)
		if got := s.Stdout.String(); got != "5\n6\n" || strings.Contains(s.Stderr.String(), "WARN") {
			t.Errorf("confined %t: standard output %q, standard error %s", confined, got, &s.Stderr)
		}
		_, err = clitest.CheckTrace(trace+".1", s.Process)
		check(t, err)
	}
	if len(names[true]) < 8 || !slices.Equal(names[true], names[false]) {
		t.Errorf("the metrics of a confined process are %q, of another %q", names[true], names[false])
	}
}

// The log names directories as they are for whoever reads it.
func TestConfinedLineIsAbsolute(t *testing.T) {
	landlocked(t)
	dir := t.TempDir()
	port, err := clitest.FreePort()
	check(t, err)
	p := new(clitest.Process)
	cmd := exec.Command("server-s", "--control", "c", "--trace", "t", "--log-file", dir+"/log", fmt.Sprint(port))
	cmd.Dir = dir
	check(t, p.Start(cmd))
	t.Cleanup(p.Kill)
	want := fmt.Sprintf(" writes=%s removes=%s ", dir, dir)
	eventually(t, want, func() bool {
		text, _ := os.ReadFile(dir + "/log")
		return strings.Contains(string(text), want)
	})
}

// The directories in which files may be written are those that the names lead to, each once.
func TestLeaves(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Chdir(t.TempDir())
	dir, err := os.Getwd()
	check(t, err)
	for _, name := range []string{"a", "b"} {
		check(t, os.Mkdir(name, 0o700))
	}
	check(t, os.WriteFile("b/file", nil, 0o600))
	check(t, os.Symlink("../b/file", "a/link"))
	check(t, unix.Mkfifo("pipe", 0o600))
	_, w := pipe(t)
	for trace, want := range map[string]leave{
		"":                                   {},
		"b/file":                             {written: []string{"b"}},
		"a/link":                             {written: []string{"b"}},
		dir + "/b/file":                      {written: []string{dir + "/b"}},
		"pipe":                               {devices: []string{"pipe"}},
		"/dev/null":                          {devices: []string{"/dev/null"}},
		fmt.Sprint("/proc/self/fd/", w.Fd()): {},
	} {
		if got := (options{trace: trace}).leaves(); !reflect.DeepEqual(got, want) {
			t.Errorf("--trace %s leaves %+v, wanted %+v", trace, got, want)
		}
	}
	if got, want := (options{logFile: "a/log", trace: "b/file"}).leaves(), (leave{written: []string{"b"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("a log that is not there leaves %+v, wanted %+v", got, want)
	}
	if got, want := (options{logFile: "b/file", trace: "a/link"}).leaves(), (leave{written: []string{"b"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("a log and a trace in one directory leave %+v, wanted %+v", got, want)
	}
	o := options{listen: cli.Listen{{Path: "a/s"}, {Path: "@a"}, {Path: "a/t"}, {Path: "u"}}}
	if got, want := o.leaves(), (leave{removed: []string{"a", "."}}); !reflect.DeepEqual(got, want) {
		t.Errorf("--listen %s leaves %+v, wanted %+v", o.listen, got, want)
	}
}
