package record

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"

	"accio/transport"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

const (
	timeOfDay = "15:04:05.000"
	dateTime  = "2006-01-02T15:04:05.000Z07:00" // RFC 3339
)

// NewLog returns a log on standard error, which w writes to. The format is text
// or json. As text it is for people: one line an event, the words of the message
// unquoted, and without the date where standard error is a terminal. A verbose
// one tells of every transition too.
func NewLog(w io.Writer, format string, verbose bool) *slog.Logger {
	return slog.New(newHandler(w, format, verbose, term.IsTerminal(int(os.Stderr.Fd()))))
}

// NewFileLog is NewLog for lines that go to a file, whatever standard error is.
func NewFileLog(w io.Writer, format string, verbose bool) *slog.Logger {
	return slog.New(newHandler(w, format, verbose, false))
}

func newHandler(w io.Writer, format string, verbose, terminal bool) slog.Handler {
	level, timeFormat := slog.LevelInfo, dateTime
	if verbose {
		level = slog.LevelDebug
	}
	if format == "json" {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Value.Kind() == slog.KindDuration { // as in a text; the JSON of slog has nanoseconds
				a.Value = slog.StringValue(a.Value.Duration().String())
			}
			return a
		}})
	}
	if terminal {
		timeFormat = timeOfDay
	}
	return tint.NewTextHandler(w, &tint.Options{
		Level:      level,
		TimeFormat: timeFormat,
		NoColor:    !terminal,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if l, ok := a.Value.Any().(slog.Level); ok && a.Key == slog.LevelKey {
				a.Value = slog.StringValue(l.String())
			}
			return a
		},
	})
}

// Remote is a peer as an attribute of the log: an address, or the words of transport.Peer.
func Remote(a netip.AddrPort) slog.Attr {
	if !a.IsValid() {
		return slog.String("remote", transport.Peer(a))
	}
	return slog.Any("remote", a)
}

// LogTransition tells a verbose log of a change of state, and of the peer if it
// is not empty.
func LogTransition(log *slog.Logger, tr transport.Transition, peer string) {
	if !log.Enabled(context.Background(), slog.LevelDebug) {
		return // before the arguments are allocated
	}
	args := []any{"connection", tr.Connection}
	if peer != "" {
		args = append(args, "remote", peer)
	}
	log.Debug(fmt.Sprintf("%s → %s on %s", tr.From, tr.To, tr.Event), args...)
}
