package transport

import (
	"context"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// §1.5: beyond 2^40 bytes, without sending them.
func TestCountBeyondEveryNarrowInteger(t *testing.T) {
	for _, size := range []int64{1<<31 + 1, 1<<32 + 1, 1<<40 + 1, 1<<62 + 1} {
		p := &played{conn: explore.NewConn()}
		p.conn.Arrive(header)
		s := &session{table: &protocol.Server, conn: &vast{p.conn, size}, idle: time.Minute}
		s.machine = fsm.NewMachine(s.table, nil)
		p.Result = s.conclude(context.Background(), Result{})
		p.wantDone(t, size)
	}
}

// vast is a connection whose payload is as large as one likes.
type vast struct {
	*explore.Conn
	left int64
}

func (v *vast) Discard() (int64, error) {
	if v.left == 0 {
		v.End()
		return v.Conn.Discard()
	}
	n := min(v.left, 1<<61)
	v.left -= n
	return n, nil
}
