package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// leave is what a confined process may still do to what it has not open.
type leave struct {
	// written are the directories in which it may create and write files, and what is
	// below them: to open a file anew under its name there is no narrower right.
	written []string
	// devices are the named pipes and devices that it may open for writing.
	devices []string
	// removed are the directories from which it may remove files, which it does with its
	// Unix sockets.
	removed []string
	// metrics lets it read what the metrics of the process are made of.
	metrics bool
	// manager is the socket of the service manager (sd_notify(3)), as the environment has
	// it; it is empty if there is none.
	manager string
}

// leaves returns what a server with these options needs, once it has opened its files.
func (o options) leaves() (l leave) {
	l.write(o.trace)
	l.write(o.logFile)
	for _, a := range o.listen {
		if a.Path != "" && a.Path[0] != '@' {
			l.remove(a.Path)
		}
	}
	if o.control != "" {
		l.remove(o.control)
	}
	l.metrics, l.manager = o.http.IsValid(), os.Getenv("NOTIFY_SOCKET")
	return l
}

// write leaves it the file of that name, whichever that may be later. What has no name in
// a file system, such as a pipe behind /dev/stdout, needs nothing; nor has an empty name.
func (l *leave) write(name string) {
	file, err := filepath.EvalSymlinks(name)
	if err != nil || name == "" {
		return
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		l.devices = append(l.devices, file)
		return
	}
	l.written = add(l.written, filepath.Dir(file))
}

// remove leaves it the removal of a file.
func (l *leave) remove(name string) { l.removed = add(l.removed, filepath.Dir(name)) }

func add(all []string, dir string) []string {
	if slices.Contains(all, dir) {
		return all
	}
	return append(all, dir)
}

// confine takes from the process, for good, what a server with these options does not need
// once its ports and files are open, and says so (docs/protocol.md §6.16). A system that
// does not do that is no reason not to serve.
func confine(o options, log *slog.Logger) {
	if !o.confined {
		log.Info("not confined: --no-sandbox")
		return
	}
	_, _ = time.Now().Zone() // package time reads the zone's file when it is first asked
	said, err := o.leaves().restrict()
	switch {
	case err == nil:
		log.Info("confined", said...)
	case errors.Is(err, errors.ErrUnsupported):
		log.Info("not confined: this system has no Landlock", "error", err)
	default:
		log.Warn("not confined: the system has Landlock, but not for this process", "error", err)
	}
}
