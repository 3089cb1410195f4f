package transport

import (
	"encoding/binary"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// wakeup is a deadline that can be changed while a thread waits for it.
type wakeup struct {
	sys      syscalls
	deadline atomic.Int64 // a time.Duration since epoch
	waiting  atomic.Bool
	ready    [2]unix.PollFd
	left     unix.Timespec
	err      error
	count    [8]byte
	turn     turn

	mu    sync.Mutex
	event int // eventfd(2), as long as there are users
	users int // the listener and its connection, in whatever order they end
}

// never is later than any deadline.
const never time.Duration = math.MaxInt64

func (w *wakeup) open() error {
	fd, err := w.sys.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	w.event, w.users = fd, 1
	return nil
}

// hold adds a user; ok is false if all have ended.
func (w *wakeup) hold() (ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users > 0 {
		w.users++
	}
	return w.users > 0
}

func (w *wakeup) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users--; w.users == 0 {
		w.sys.Close(w.event)
	}
}

var one = binary.NativeEndian.AppendUint64(nil, 1)

// wake may come when the wait, and all else, is over.
func (w *wakeup) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users > 0 {
		for err := error(unix.EINTR); err == unix.EINTR; {
			_, err = w.sys.Write(w.event, one)
		}
	}
}

// SetDeadline may be called by any goroutine. It sets the deadline before it
// looks whether someone waits, and wait looks the other way round: one of the
// two sees the other.
func (w *wakeup) SetDeadline(t time.Time) error {
	d := never
	if !t.IsZero() {
		d = t.Sub(epoch)
	}
	w.deadline.Store(int64(d))
	if w.waiting.Load() {
		w.wake()
	}
	return nil
}

// found is what ended a wait.
type found int

const (
	something found = iota // the socket is ready, or the wait was interrupted
	nothing                // it has lasted as long as it may
	expired                // the deadline has passed
	broken                 // the system cannot wait: err; to try again at once would be to spin
)

// longestWait is what one wait is cut to, as a system with 32 bits has no room
// for more than 68 years.
const longestWait = 24 * time.Hour

// wait waits on fd, at most so long.
func (w *wakeup) wait(fd int, events int16, most time.Duration) found {
	w.waiting.Store(true)
	defer w.waiting.Store(false)
	now := time.Since(epoch)
	w.turn.yield(now)
	left, at := time.Duration(w.deadline.Load()), expired
	if left != never {
		left -= now
	}
	if left <= 0 {
		return expired
	}
	if most < left {
		left, at = most, nothing
	}
	if left > longestWait && left != never {
		left, at = longestWait, something
	}
	var timeout *unix.Timespec
	if left != never {
		w.left = unix.NsecToTimespec(int64(left))
		timeout = &w.left
	}
	w.ready = [2]unix.PollFd{{Fd: int32(fd), Events: events}, {Fd: int32(w.event), Events: unix.POLLIN}}
	n, err := w.sys.Ppoll(w.ready[:], timeout)
	switch {
	case n == 0 && err == nil:
		return at
	case err != nil && err != unix.EINTR:
		w.err = os.NewSyscallError("ppoll", err)
		return broken
	}
	if w.ready[1].Revents != 0 {
		w.sys.Read(w.event, w.count[:])
	}
	return something
}

// turn is when a goroutine that blocks in system calls of its own last let the
// scheduler have its turn.
type turn time.Duration

// yield lets it have its turn every few milliseconds. Of a goroutine that has
// not been rescheduled for 10 ms the runtime takes the processor away whenever
// it finds it in a system call, however short, and looks every 20 µs
// (runtime/proc.go, retake); each time costs several thread switches.
func (t *turn) yield(now time.Duration) {
	if t.due(now) {
		runtime.Gosched()
	}
}

// due begins a new turn where the last has lasted long enough.
func (t *turn) due(now time.Duration) bool {
	if now-time.Duration(*t) <= 5*time.Millisecond {
		return false
	}
	*t = turn(now)
	return true
}
