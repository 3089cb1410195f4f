package main

import (
	"time"

	"accio/internal/cli"
	"accio/transport"

	"github.com/spf13/pflag"
)

// limits are the flags against clients that are hostile or slow (docs/protocol.md §9).
type limits struct {
	duration, header  cli.Limit // 0: none
	bytes, rate       cli.Size
	perPeer, accepted int
}

func (l *limits) add(flags *pflag.FlagSet) {
	flags.Var(&l.duration, "max-duration", "end a connection that is not over after so long")
	flags.Var(&l.header, "header-timeout", "end a connection whose confirmations have not come after so long")
	flags.Var(&l.bytes, "max-bytes", "end a connection that sends more than so many bytes of a file")
	flags.Var(&l.rate, "min-rate", "end a connection that sends fewer bytes of a file a second, in ten seconds")
	cli.Count(flags, &l.perPeer, "max-per-peer", "", "end a connection that is one more than so many at a time from one address", "")
	cli.Count(flags, &l.accepted, "accept-rate", "", "accept so many connections a second; the others wait", "")
}

// sense is an error for a limit that can never be exceeded.
func (l *limits) sense(places int) error {
	switch {
	case l.perPeer >= places:
		return cli.Usagef("--max-per-peer %d: no more than %d are in service at a time (--concurrency), wanted fewer", l.perPeer, places)
	case l.duration > 0 && l.header >= l.duration:
		return cli.Usagef("--header-timeout %s: --max-duration %s ends a connection no later, wanted less", l.header, l.duration)
	}
	return nil
}

func (l *limits) transport() transport.Limits {
	return transport.Limits{Duration: time.Duration(l.duration), Header: time.Duration(l.header), Bytes: int64(l.bytes), Rate: int64(l.rate), PerPeer: l.perPeer, Accepted: l.accepted}
}
