package learn

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// view is what has been seen of a program since the last output.
type view struct {
	mu      sync.Mutex
	bytes   string
	over    bool // the stream has ended, or is broken
	told    bool // that it has
	printed int  // bytes of standard output that were told
}

// receive takes in what arrives, until the end.
func (v *view) receive(conn *net.TCPConn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		v.mu.Lock()
		v.bytes += string(buffer[:n])
		v.over = err != nil
		v.mu.Unlock()
		if err != nil {
			return
		}
	}
}

const (
	tick = 2 * time.Millisecond
	// gap is between inputs of which nothing is seen in between, so that they do
	// not arrive as one.
	gap = 5 * time.Millisecond
)

// hasty is how much longer than the settling time is waited for more where what was
// seen is not what the table says: a slow machine is no difference.
const hasty = 8

// observe returns what is seen after an input. If it is known what that should be,
// that is waited for; else what is seen until nothing more is for the settling
// time, and longer where it is not what the table says.
func (p *session) observe(ctx context.Context, in, known, says string, settle time.Duration) string {
	if known == Nothing && in != Silence {
		time.Sleep(gap)
		return known
	}
	begun, changed := time.Now(), time.Now()
	patient := min(hasty*settle, p.Idle*2/5) // or it would be silence
	seen := Nothing
	for ctx.Err() == nil {
		if now := p.seen(); now != seen {
			seen, changed = now, time.Now()
		}
		quiet := time.Since(changed)
		switch {
		case in == Silence && seen == Nothing:
			if time.Since(begun) > p.Idle+p.Idle/4+hasty*settle {
				return p.tell(seen)
			}
		case seen == known || ended(seen) && seen == says:
			return p.tell(seen)
		case known != "" && known != Nothing && time.Since(begun) < patience && !ended(seen):
		case quiet > patient, quiet > min(settle, patient) && seen == says:
			return p.tell(seen)
		}
		time.Sleep(tick)
	}
	return seen
}

// seen is the output, if it were told now.
func (p *session) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	bytes := ""
	if p.bytes != "" {
		bytes = sends(strings.ReplaceAll(p.bytes, file, fileMark))
	}
	select {
	case <-p.program.Exited():
		if isClient(p.spec.table) {
			if p.program.Status().Code == 0 {
				return output(bytes, []string{exitsWell})
			}
			return output(bytes, []string{exitsBadly})
		}
		return output(bytes, append(p.lines(), crashes))
	default:
	}
	var other []string
	if !isClient(p.spec.table) {
		other = p.lines()
	}
	if p.over && !p.told && !p.gone {
		other = append(other, map[bool]string{true: endsStream, false: closes}[isClient(p.spec.table)])
	}
	return output(bytes, other)
}

// lines are those that were printed.
func (p *session) lines() (list []string) {
	text, _, _ := p.program.Stdout.Text()
	for line := range strings.Lines(text[p.printed:]) {
		line, whole := strings.CutSuffix(line, "\n")
		n, err := strconv.Atoi(line)
		switch {
		case !whole:
		case line == "ERROR":
			list = append(list, printsError)
		case err == nil && n == p.expected:
			list = append(list, printsCount)
		case err == nil:
			list = append(list, "prints another number")
		default:
			list = append(list, "prints "+quote(line))
		}
	}
	return list
}

// tell notes an output, and begins the next.
func (p *session) tell(seen string) string {
	p.note("   %s", seen)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes, p.told = "", p.told || p.over
	text, _, _ := p.program.Stdout.Text()
	p.printed = strings.LastIndex(text, "\n") + 1
	return seen
}
