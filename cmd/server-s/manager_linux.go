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
// is the loop that serves that says so: where that stands still, so does the watchdog,
// unless it is known why, which is where a result is being written. A manager that does
// not read blocks nobody. It must be called before the server serves; the returned
// function is for the end.
func tellManager(asked context.Context, t *traffic, writes func() time.Duration) (stop func()) {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return func() {}
	}
	every, watchdog := statusEvery, ""
	if limit, err := daemon.SdWatchdogEnabled(false); err == nil && limit > 0 {
		every, watchdog = min(every, limit/3), "\n"+daemon.SdNotifyWatchdog
	}
	ready, beats := daemon.SdNotifyReady, make(chan string, 1)
	t.server.BeatEvery = every
	t.server.Beat = func() {
		select {
		case beats <- ready + "\nSTATUS=" + t.status() + watchdog:
			ready = ""
		default:
		}
	}
	ended, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		stopping := sync.OnceFunc(func() {
			select {
			case text := <-beats: // that it is ready, as a rule
				tell(text)
			default:
			}
			tell(daemon.SdNotifyStopping)
		})
		stops := asked.Done()
		for stuck := time.Tick(every); ; {
			select {
			case text := <-beats:
				tell(text)
			case <-stuck:
				if long := writes(); long > 0 {
					tell(t.blockedFor(long) + watchdog)
				}
			case <-stops:
				stopping()
				stops = nil
			case <-ended:
				stopping()
				return
			}
		}
	}()
	return func() {
		close(ended)
		select {
		case <-told:
		case <-time.After(time.Second):
		}
	}
}

// status says what the server has done and does.
func (t *traffic) status() string {
	return fmt.Sprintf("%d in service, %d served, of which %d ERROR, %s",
		t.inService(), t.lines.Load(), t.errors.Load(), humanize.IBytes(uint64(t.ended.Load())))
}

// blockedFor says that a result has been being written for so long, if that is long.
func (t *traffic) blockedFor(long time.Duration) string {
	if long < blockedPatience {
		return ""
	}
	return fmt.Sprintf("STATUS=standard output has been blocked for %s, %s", long.Round(time.Second), t.status())
}

func tell(text string) {
	if text != "" {
		daemon.SdNotify(false, text)
	}
}
