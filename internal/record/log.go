package record

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"accio/transport"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// NewLog returns a log on standard error, which w writes to, that people read:
// one line an event, the words of the message unquoted. A verbose one tells of
// every transition too.
func NewLog(w io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		Level:      level,
		TimeFormat: "15:04:05.000",
		NoColor:    !term.IsTerminal(int(os.Stderr.Fd())),
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if l, ok := a.Value.Any().(slog.Level); ok && a.Key == slog.LevelKey {
				a.Value = slog.StringValue(l.String())
			}
			return a
		},
	}))
}

// LogTransition tells a verbose log of a change of state.
func LogTransition(log *slog.Logger, tr transport.Transition) {
	if log.Enabled(context.Background(), slog.LevelDebug) {
		log.Debug(fmt.Sprintf("%s → %s on %s", tr.From, tr.To, tr.Event), "connection", tr.Connection)
	}
}
