package main

import (
	"bytes"
	"context"
	"io"
	"time"

	"accio/internal/cli"
)

// messagePatience is how long what is written after a signal may block.
const messagePatience = time.Second

// stderr is standard error. What is written may block for as long as nobody
// tells the client to stop, as the message says how the session ended; after
// that it is given up, so that a full pipe does not make the client immune.
type stderr struct {
	ctx context.Context
	out *cli.Output
}

func newStderr(ctx context.Context, w io.Writer) *stderr {
	return &stderr{ctx, cli.NewOutput(w)}
}

// Write implements io.Writer. The error is cli.ErrBlocked if it was given up.
func (s *stderr) Write(p []byte) (int, error) {
	soonest := time.Now().Add(messagePatience)
	giveUp := make(chan time.Time)
	defer context.AfterFunc(s.ctx, func() {
		time.AfterFunc(time.Until(soonest), func() { close(giveUp) })
	})()
	if err := s.out.Write(bytes.Clone(p), giveUp); err != nil {
		return 0, err
	}
	return len(p), nil
}
