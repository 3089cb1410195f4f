package record

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	floodLines  = 20          // so many warnings of a floodWindow have a line each
	floodWindow = time.Second // from the first of them on
	floodNamed  = 5           // so many kinds, and peers, are named of those that have none
	floodKept   = 1000        // so many of them are told apart
)

// Flood hands warnings on to another handler, but of a flood of them the first
// ones only, and then one line that says how many more there were, of which kind
// and from whom (docs/protocol.md §6.11). What is no warning, or more than one,
// it hands on as it is.
type Flood struct {
	slog.Handler
	*flood
}

// flood is what handlers that were derived from one another share.
type flood struct {
	plain slog.Handler // as it was given, for what sums up

	mu    sync.Mutex
	end   *time.Timer // of the window; nil outside
	lines int         // of the window; what follows is of those that were held back
	kinds tally
	peers tally
}

// NewFlood returns a handler before another.
func NewFlood(h slog.Handler) Flood { return Flood{h, &flood{plain: h}} }

// Handle implements slog.Handler.
func (f Flood) Handle(ctx context.Context, r slog.Record) error {
	if r.Level == slog.LevelWarn && f.held(&r) {
		return nil
	}
	return f.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (f Flood) WithAttrs(attrs []slog.Attr) slog.Handler {
	return Flood{f.Handler.WithAttrs(attrs), f.flood}
}

// WithGroup implements slog.Handler.
func (f Flood) WithGroup(name string) slog.Handler { return Flood{f.Handler.WithGroup(name), f.flood} }

// held counts a warning, and reports whether it is one too many.
func (f *flood) held(r *slog.Record) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end == nil {
		f.end = time.AfterFunc(floodWindow, f.Flush)
	}
	if f.lines++; f.lines <= floodLines {
		return false
	}
	kind, _, _ := strings.Cut(r.Message, ";")
	f.kinds.add(kind)
	r.Attrs(func(a slog.Attr) bool {
		peer, ok := a.Value.Any().(netip.AddrPort)
		if ok {
			f.peers.add(peer.Addr().String())
		}
		return !ok
	})
	return true
}

// Flush ends the window, at once: it says what was held back. Whoever ends the
// program calls it.
func (f *flood) Flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end != nil {
		f.end.Stop()
	}
	if more := f.lines - floodLines; more > 0 {
		r := slog.NewRecord(time.Now(), slog.LevelWarn, fmt.Sprintf("and %d more: %s", more, f.kinds), 0)
		if f.peers.count != nil {
			r.AddAttrs(slog.String("from", f.peers.String()))
		}
		f.plain.Handle(context.Background(), r)
	}
	f.end, f.lines, f.kinds, f.peers = nil, 0, tally{}, tally{}
}

// tally counts things by their names. The zero value has none.
type tally struct {
	count  map[string]int
	others int // that were one name too many
}

func (t *tally) add(name string) {
	if t.count == nil {
		t.count = map[string]int{}
	}
	if _, known := t.count[name]; !known && len(t.count) == floodKept {
		t.others++
		return
	}
	t.count[name]++
}

// String has the names that are there most often.
func (t tally) String() string {
	names := slices.SortedFunc(maps.Keys(t.count), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.count[b], t.count[a]), cmp.Compare(a, b))
	})
	var parts []string
	others := t.others
	for i, name := range names {
		if i < floodNamed {
			parts = append(parts, fmt.Sprintf("%d × %s", t.count[name], name))
		} else {
			others += t.count[name]
		}
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("%d × others", others))
	}
	return strings.Join(parts, ", ")
}
