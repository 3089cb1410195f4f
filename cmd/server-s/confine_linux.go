package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// versions are what each version of Landlock can restrict (landlock(7)), the first of
// which is 1.
var versions = []landlock.Config{
	landlock.V1, landlock.V2, landlock.V3, landlock.V4, landlock.V5, landlock.V6,
	landlock.V7, landlock.V8, landlock.V9, landlock.V10, landlock.V11,
}

// later are what not every version restricts, each with the first that does.
var later = []struct {
	version int
	what    string
}{
	{3, "truncate(2)"}, {4, "TCP"}, {5, "devices"}, {6, "signals"}, {6, "abstract Unix sockets"}, {9, "Unix sockets"}, {10, "UDP"},
	{len(versions) + 1, "Multipath TCP"},
}

// restrict takes from the process, with all its threads, what Landlock can take and l does
// not leave it: to open files, or change them by name; to open TCP connections and ports,
// and what later versions restrict. It returns attributes for the log: what is left and what
// this kernel cannot take. The error matches errors.ErrUnsupported where there is no
// Landlock; nothing has been taken then, nor with any other error, but for privileges by
// execve(2) (no_new_privs).
func (l leave) restrict() (said []any, err error) {
	version, err := supported()
	if err != nil {
		return nil, err
	}
	config := versions[version-1]
	var not []string
	for _, kind := range later {
		if version < kind.version {
			not = append(not, kind.what)
		}
	}
	if strings.HasPrefix(l.manager, "@") && version >= 6 {
		config.Scoped &^= unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
		not = append(not, "abstract Unix sockets")
	}
	rules, err := l.rules(config)
	if err != nil {
		return nil, err
	}
	if err := config.Restrict(rules...); err != nil {
		return nil, err
	}
	said = []any{"landlock", version}
	if l.metrics {
		said = append(said, "reads", "/proc/self, /proc/stat")
	}
	if all := slices.Concat(l.written, l.devices); len(all) > 0 {
		said = append(said, "writes", absolutes(all))
	}
	if len(l.removed) > 0 {
		said = append(said, "removes", absolutes(l.removed))
	}
	return append(said, "unconfined", strings.Join(not, ", ")), nil
}

// absolutes lists directories for who is not in that of the process.
func absolutes(names []string) string {
	var all []string
	for _, name := range names {
		all = add(all, absolute(name))
	}
	return strings.Join(all, ", ")
}

// supported returns the version of Landlock, at most the latest of versions.
func supported() (version int, err error) {
	version, err = ll.LandlockGetABIVersion()
	if err != nil {
		return 0, os.NewSyscallError("landlock_create_ruleset", err)
	}
	// Where the scope of signals has an error, the library does without scopes.
	const signals = 1 << 1
	if errata, _ := ll.LandlockGetErrata(); version >= 6 && errata&signals == 0 {
		version = 5
	}
	return min(version, len(versions)), nil
}

// What is done to a file when it is opened anew, and to the directory that it may be
// created in.
const reopened = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_MAKE_REG

func (l leave) rules(config landlock.Config) (rules []landlock.Rule, err error) {
	grant := func(rights landlock.AccessFSSet, names ...string) {
		rules = append(rules, landlock.PathAccess(rights&config.HandledAccessFS, names...).IgnoreIfMissing())
	}
	grant(reopened, l.written...)
	grant(unix.LANDLOCK_ACCESS_FS_WRITE_FILE, l.devices...)
	grant(unix.LANDLOCK_ACCESS_FS_REMOVE_FILE, l.removed...)
	if strings.HasPrefix(l.manager, "/") {
		grant(unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX, l.manager)
	}
	if l.metrics {
		self := fmt.Sprintf("/proc/%d", os.Getpid())
		for _, name := range []string{self, "/proc/stat"} {
			if err := pin(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			grant(unix.LANDLOCK_ACCESS_FS_READ_FILE, name)
		}
		grant(unix.LANDLOCK_ACCESS_FS_READ_DIR, self)
	}
	return rules, nil
}

// pin opens a file of /proc for as long as the process runs: when memory is short, the
// kernel forgets one that nobody has open, and who asks for it next gets another one, for
// which no rule was made.
func pin(name string) error {
	_, err := unix.Open(name, unix.O_PATH|unix.O_CLOEXEC, 0)
	return os.NewSyscallError("open "+name, err)
}
