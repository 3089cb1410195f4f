package conform

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"strings"

	"accio/internal/share"
)

// Selection chooses cases. The zero value is all but the large.
type Selection struct {
	Run, Skip []string // globs of ids; * does not stop at a slash, and what it names includes all below
	Level     Level    // Required leaves out what is Strict; empty is both
	Large     bool
	Shard     share.Share // of the cases that the rest leaves
}

// Choose returns the cases that are selected. A pattern that matches none of
// them is an error.
func (s Selection) Choose(all []Case) ([]Case, error) {
	for _, pattern := range append(append([]string{}, s.Run...), s.Skip...) {
		if err := known(pattern, all); err != nil {
			return nil, err
		}
	}
	var chosen []Case
	at := 0
	for _, c := range all {
		switch {
		case len(s.Run) > 0 && !matches(s.Run, c.ID), matches(s.Skip, c.ID), s.Level == Required && c.Level != Required:
			continue
		}
		if s.Shard.Has(at) {
			chosen = append(chosen, c)
		}
		at++
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case is left of %d", len(all))
	}
	return chosen, nil
}

func known(pattern string, all []Case) error {
	if _, err := path.Match(pattern, ""); err != nil {
		return fmt.Errorf("pattern %q: %w", pattern, err)
	}
	for _, c := range all {
		if matches([]string{pattern}, c.ID) {
			return nil
		}
	}
	return fmt.Errorf("pattern %q matches no case; --list names them", pattern)
}

// matches reports whether a pattern names an id, or a part of it that a slash
// follows.
func matches(patterns []string, id string) bool {
	flat := func(text string) string { return strings.ReplaceAll(text, "/", "\x00") } // for path.Match
	for _, p := range patterns {
		for part := id; part != "."; part = path.Dir(part) {
			if ok, _ := path.Match(flat(p), flat(part)); ok {
				return true
			}
		}
	}
	return false
}

// ReadExpected reads the patterns of known failures: one a line, # before
// comments. One that matches no case is an error.
func ReadExpected(r io.Reader, all []Case) ([]string, error) {
	var patterns []string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if err := known(text, all); err != nil {
			return nil, err
		}
		patterns = append(patterns, text)
	}
	return patterns, lines.Err()
}
