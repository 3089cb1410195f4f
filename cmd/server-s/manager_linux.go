package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/dustin/go-humanize"
)

// fromManager reports whether the service manager has opened the sockets
// (sd_listen_fds(3)).
func fromManager() bool {
	pid, err := strconv.Atoi(os.Getenv("LISTEN_PID"))
	return err == nil && pid == os.Getpid() && os.Getenv("LISTEN_FDS") != ""
}

// activated returns those sockets, once; it may be none.
func activated() ([]*os.File, error) {
	if !fromManager() {
		return nil, nil
	}
	files := activation.Files(true)
	if len(files) == 0 {
		return nil, fmt.Errorf("the service manager has opened no sockets (LISTEN_FDS)")
	}
	return files, nil
}

// statusEvery is how often the manager is told of the counts where it asks for nothing
// more often.
const statusEvery = 5 * time.Second

// tellManager tells the service manager, if there is one that wants to know, that the
// server is ready, what it does, that it goes round, and that it ends (sd_notify(3)). It
// is the loop that serves that says so: where that stands still, so does the watchdog. It
// must be called before the server serves; the returned function is for the end.
func tellManager(asked context.Context, t *traffic) (stop func()) {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return func() {}
	}
	state, every := daemon.SdNotifyReady, statusEvery
	limit, err := daemon.SdWatchdogEnabled(false)
	if err == nil && limit > 0 {
		every = min(every, limit/3)
	}
	t.server.BeatEvery = every
	t.server.Beat = func() {
		text := state + "\nSTATUS=" + t.status()
		if limit > 0 {
			text += "\n" + daemon.SdNotifyWatchdog
		}
		daemon.SdNotify(false, text) // a manager that does not listen is no reason not to serve
		state = ""
	}
	stopping := sync.OnceFunc(func() { daemon.SdNotify(false, daemon.SdNotifyStopping) })
	context.AfterFunc(asked, stopping)
	return stopping // which waits for the other one
}

// status says what the server has done and does.
func (t *traffic) status() string {
	return fmt.Sprintf("%d in service, %d served, of which %d ERROR, %s",
		t.inService(), t.lines.Load(), t.errors.Load(), humanize.IBytes(uint64(t.ended.Load())))
}
