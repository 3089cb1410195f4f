package transport

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// Invariant: what a session makes of a stream depends on its bytes alone, not
// on how they are cut. The session ends at the first byte that differs from
// the header and takes none beyond the confirmation that byte stands in; if
// none differs, it closes within the header or counts what follows it.
func FuzzConfirmations(f *testing.F) {
	f.Add([]byte(header+"payload"), []byte{0})
	f.Add([]byte(header+"\r\n"), []byte{1})
	f.Add([]byte(header[:36]+"payload"), []byte{21, 2})
	f.Add([]byte("confirm-accio\n"), []byte{3, 1, 9})
	f.Add([]byte{}, []byte{})
	ran, ends := 0, map[string]int{}
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		conn := &cutScript{explore.NewConn(), bytes.Clone(cuts)}
		conn.Arrive(string(stream))
		conn.End()
		consumed := map[fsm.State]int{} // at entry
		s := &session{table: &protocol.Server, conn: conn, idle: time.Minute}
		s.machine = fsm.NewMachine(s.table, func(_ fsm.State, _ fsm.Event, to fsm.State) {
			consumed[to] = len(stream) - len(conn.Holds().Queue)
		})
		r := s.conclude(context.Background(), Result{})
		ran++
		ends[string(r.Event)]++

		same := 0
		for same < len(stream) && same < len(header) && stream[same] == header[same] {
			same++
		}
		from, within := protocol.AwaitConfirm1, same // bytes of the confirmation that were right
		if same >= len(protocol.Confirm1) {
			from, within = protocol.AwaitConfirm2, same-len(protocol.Confirm1)
			if consumed[protocol.SendAccio2] != len(protocol.Confirm1) {
				t.Errorf("%d bytes were taken with the first confirmation", consumed[protocol.SendAccio2])
			}
		}
		switch {
		case same == len(header):
			if r.State != protocol.Done || r.Bytes != int64(len(stream)-len(header)) || consumed[protocol.Streaming] != len(header) {
				t.Errorf("%+v, %d bytes taken before Streaming", r, consumed[protocol.Streaming])
			}
			return
		case same == len(stream):
			if r.State != protocol.Error || r.From != from || r.Event != fsm.Closed {
				t.Errorf("want closed from %s: %+v", from, r)
			}
		default:
			if r.State != protocol.Error || r.From != from || r.Event != fsm.Mismatched || s.end.right != within {
				t.Errorf("want mismatched from %s at byte %d: %+v", from, same, r)
			}
		}
		if r.Bytes != 0 {
			t.Errorf("%d payload bytes before the header was whole", r.Bytes)
		}
		if end := map[fsm.State]int{protocol.AwaitConfirm1: len(protocol.Confirm1), protocol.AwaitConfirm2: len(header)}[from]; consumed[protocol.Error] > end {
			t.Errorf("%d bytes taken in %s, want at most %d", consumed[protocol.Error], from, end)
		}
		for _, c := range r.Explanation() {
			if c < ' ' || c > '~' && !strings.ContainsRune("…", c) {
				t.Errorf("explanation has a character that may not be printed: %q", r.Explanation())
			}
		}
	})
	require.Seeds(f, ran, 5)
	if want := (map[string]int{"": 2, "mismatched": 2, "closed": 1}); ran == 5 && !maps.Equal(ends, want) {
		f.Errorf("ended by %v, want %v", ends, want)
	}
}

// cutScript moves as many bytes a call as the next cut says, over and over.
type cutScript struct {
	*explore.Conn
	cuts []byte
}

func (c *cutScript) next() {
	if len(c.cuts) > 0 {
		c.Limit(int(c.cuts[0]))
		c.cuts = append(c.cuts[1:], c.cuts[0])
	}
}

func (c *cutScript) Read(p []byte) (int, error)  { c.next(); return c.Conn.Read(p) }
func (c *cutScript) Discard() (int64, error)     { c.next(); return c.Conn.Discard() }
func (c *cutScript) Write(p []byte) (int, error) { c.next(); return c.Conn.Write(p) }
