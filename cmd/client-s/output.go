package main

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"accio/internal/cli"
)

// messagePatience is how long what is written after a signal may block.
const messagePatience = time.Second

// output is standard error or standard output. What is written may block for as
// long as nobody tells the client to stop, as it says how the session went;
// after that it is given up, so that a full pipe does not make the client immune.
type output struct {
	ctx context.Context
	mu  sync.Mutex // the bar and the log write side by side
	out *cli.Output
}

func newOutput(ctx context.Context, w io.Writer) *output {
	return &output{ctx: ctx, out: cli.NewOutput(w)}
}

// Write implements io.Writer. The error is cli.ErrBlocked if it was given up.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	soonest := time.Now().Add(messagePatience)
	giveUp := make(chan time.Time)
	defer context.AfterFunc(o.ctx, func() {
		time.AfterFunc(time.Until(soonest), func() { close(giveUp) })
	})()
	if err := o.out.Write(bytes.Clone(p), giveUp); err != nil {
		return 0, err
	}
	return len(p), nil
}
