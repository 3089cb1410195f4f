package cli

import (
	"regexp"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	if got := Version("name"); !regexp.MustCompile(`^name \S+( \(commit [^)]+\))? go1\.\S+( \S+)? \w+/\w+$`).MatchString(got) {
		t.Error(got)
	}
}

// What the linker has set is the version, also where the toolchain has recorded another.
func TestVersionOfRelease(t *testing.T) {
	defer func() { version, commit, date = "", "", "" }()
	version, commit, date = "v1.2.0", "323076f7964b221f6546283b9f6031f5fe1510d6", "2026-11-27T07:13:52Z"
	if got := thisBuild().String(); got != "v1.2.0 (commit 323076f7964b, 2026-11-27T07:13:52Z)" {
		t.Error(got)
	}
	commit += "-modified"
	if got := thisBuild().String(); got != "v1.2.0 (commit 323076f7964b, modified, 2026-11-27T07:13:52Z)" {
		t.Error(got)
	}
	if got := Release(); got != "v1.2.0" {
		t.Error(got)
	}
}

func TestVersionRecorded(t *testing.T) {
	for want, settings := range map[string]map[string]string{
		"v2.0.0":              {},
		"v2.0.0 (commit abc)": {"vcs.revision": "abc"},
		"v2.0.0 (commit 0123456789ab, 2026-01-02T03:04:05Z)":           {"vcs.revision": "0123456789abcdef", "vcs.time": "2026-01-02T03:04:05Z", "vcs.modified": "false"},
		"v2.0.0 (commit 0123456789ab, modified, 2026-01-02T03:04:05Z)": {"vcs.revision": "0123456789abcdef", "vcs.time": "2026-01-02T03:04:05Z", "vcs.modified": "true"},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: "v2.0.0"}}
		for key, value := range settings {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: key, Value: value})
		}
		if got := recorded(info).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
