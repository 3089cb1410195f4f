package conform

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// peer is our end of a connection with the program under test.
type peer struct {
	*try
	conn  *net.TCPConn
	name  string     // ours
	other string     // theirs
	table *fsm.Table // of the role that we play
	begun time.Time  // the clock of the program cannot have started before this
}

// step tells the claims that a state of ours waits for the program to keep.
var step = map[fsm.State]string{protocol.AwaitAccio1: "1.1", protocol.AwaitAccio2: "1.3", protocol.AwaitConfirm1: "1.2", protocol.AwaitConfirm2: "1.4"}

// gets expects what a state of our role awaits, byte for byte.
func (p *peer) gets(s fsm.State) {
	want, within := p.table.Activity(s).Text, p.patience
	got, err := p.read(len(want), within, func(got string) bool { return got == want[:len(got)] })
	if err == nil && got == want {
		return
	}
	wanted := quote(want) + " from the " + p.other
	what := quote(got)
	if got == "" {
		what = "nothing"
	}
	switch {
	case err == nil:
		reason, hint := transport.Explain(p.table, s, fsm.Mismatched, got, 0)
		panic(failure{claim: step[s], wanted: wanted, got: what + ": " + reason + p.fate(), hint: hint})
	case errors.Is(err, os.ErrDeadlineExceeded):
		_, hint := transport.Explain(p.table, s, fsm.TimedOut, got, within)
		panic(failure{claim: step[s], wanted: wanted, got: what + " within " + within.String() + p.fate(), hint: hint, late: true})
	case errors.Is(err, io.EOF):
		_, hint := transport.Explain(p.table, s, fsm.Closed, got, 0)
		panic(failure{claim: step[s], wanted: wanted, got: what + " and the end of the stream" + p.fate(), hint: hint})
	}
	panic(failure{claim: step[s], wanted: wanted, got: what + " and a reset" + p.fate()})
}

// read reads up to n bytes, and no further than they are right.
func (p *peer) read(n int, within time.Duration, right func(string) bool) (string, error) {
	deadline := time.Now().Add(within)
	var got []byte
	defer func() {
		if len(got) > 0 {
			p.note("%s ← %s  %s", p.name, p.other, quote(string(got)))
		}
	}()
	for len(got) < n {
		p.conn.SetReadDeadline(p.until(deadline))
		buffer := make([]byte, n-len(got))
		k, err := p.conn.Read(buffer)
		got = append(got, buffer[:k]...)
		switch {
		case k > 0 && right != nil && !right(string(got)):
			return string(got), nil
		case err != nil && p.ctx.Err() != nil:
			panic(moot{"interrupted"})
		case errors.Is(err, os.ErrDeadlineExceeded) && time.Now().Before(deadline):
		case errors.Is(err, os.ErrDeadlineExceeded):
			p.note("%s ← %s  nothing for %s", p.name, p.other, within)
			return string(got), err
		case errors.Is(err, io.EOF):
			p.note("%s ← %s  end of the stream", p.name, p.other)
			return string(got), err
		case err != nil:
			p.note("%s ← %s  reset", p.name, p.other)
			return string(got), err
		}
	}
	return string(got), nil
}

// until is a deadline that lets an interruption be seen.
func (p *peer) until(deadline time.Time) time.Time {
	if soon := time.Now().Add(200 * time.Millisecond); soon.Before(deadline) {
		return soon
	}
	return deadline
}

// silent expects nothing for a while, not even the end.
func (p *peer) silent(claim, wanted string, d time.Duration) {
	got, err := p.read(1, d, nil)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
	case got != "":
		p.fail(claim, wanted, "%s from the %s", quote(got+p.rest()), p.other)
	case errors.Is(err, io.EOF):
		p.fail(claim, wanted, "the end of the stream")
	default:
		p.fail(claim, wanted, "a reset")
	}
}

// bears expects the program to stay for a while from when its clock began, which is
// within its limit. If the while became longer than that, an end says nothing.
func (p *peer) bears(claim, wanted string, d time.Duration) {
	since := p.begun
	d -= time.Since(since)
	defer func() {
		if f := recover(); f != nil {
			p.inTime(since, p.nearly())
			panic(f)
		}
	}()
	p.silent(claim, wanted, d)
}

// ends expects the program to end the connection, in either way, and returns how
// long after its clock began at the earliest.
func (p *peer) ends(claim, wanted string, within time.Duration) time.Duration {
	got, err := p.read(1, within, nil)
	switch {
	case got != "":
		p.fail(claim, wanted, "%s from the %s", quote(got+p.rest()), p.other)
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.late(claim, wanted, "nothing for %s: the connection stays open", within)
	}
	return time.Since(p.begun)
}

// rest is more of what should not have come, for people to see.
func (p *peer) rest() string {
	more := make([]byte, 63)
	p.conn.SetReadDeadline(time.Now().Add(breath))
	n, _ := p.conn.Read(more)
	return string(more[:n])
}

// send sends bytes. What cannot be sent to one who has left is no failure: what
// it did then is.
func (p *peer) send(text string) {
	p.note("%s → %s  %s", p.name, p.other, quote(text))
	p.begun = time.Now()
	p.write([]byte(text))
}

func (p *peer) write(text []byte) (ok bool) {
	const stretch = 10 // of patience: for what is taken slowly
	p.conn.SetWriteDeadline(time.Now().Add(stretch * p.patience))
	_, err := p.conn.Write(text)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.late("", "the "+p.other+" to read", "it took nothing for %s", stretch*p.patience)
	}
	if err != nil {
		p.note("%s → %s  cannot be sent: the connection is broken", p.name, p.other)
	}
	return err == nil
}

// pieces sends bytes in pieces, with a pause between them.
func (p *peer) pieces(pause time.Duration, texts ...string) {
	for i, text := range texts {
		if i > 0 {
			p.pause(pause)
		}
		if text != "" {
			p.send(text)
		}
	}
}

// bulk sends so many bytes.
func (p *peer) bulk(n int64) {
	p.note("%s → %s  %d bytes", p.name, p.other, n)
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i * 7)
	}
	for n > 0 && p.ctx.Err() == nil {
		p.begun = time.Now()
		if !p.write(block[:min(n, int64(len(block)))]) {
			return
		}
		n -= min(n, int64(len(block)))
	}
}

// endStream ends our side of the stream.
func (p *peer) endStream() {
	p.note("%s → %s  end of the stream", p.name, p.other)
	p.conn.CloseWrite()
}

// reset breaks the connection.
func (p *peer) reset() {
	p.note("%s → %s  reset", p.name, p.other)
	p.conn.SetLinger(0)
	p.conn.Close()
}

// leave closes both directions.
func (p *peer) leave() {
	p.note("%s closes", p.name)
	p.conn.Close()
}

func isEnd(err error) bool  { return errors.Is(err, io.EOF) }
func isLate(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
