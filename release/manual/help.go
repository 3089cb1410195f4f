package manual

import (
	"regexp"
	"strings"
)

// A help text is sections, each of paragraphs; the first has no heading.
type section struct {
	heading string // such as "exit status"
	inline  string // what stands behind the heading in its line
	text    string
}

// headings are those that begin a section of a page; other lines with a colon are
// part of the text around them.
var headings = regexp.MustCompile(`^(usage|examples|files|environment|exit status):(?: +(.*))?$`)

// sections takes a help text apart.
func sections(help string) []section {
	all := []section{{}}
	for line := range strings.Lines(help) {
		last := &all[len(all)-1]
		if m := headings.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			all = append(all, section{heading: m[1], inline: m[2]})
			continue
		}
		last.text += line
	}
	for i := range all {
		all[i].text = strings.Trim(all[i].text, "\n")
	}
	return all
}

// blocks are the paragraphs of a text. One with an indented line is lines as they
// are; the lines before the first of them are a paragraph of their own.
func blocks(text string) (all []block) {
	for part := range strings.SplitSeq(text, "\n\n") {
		var now block
		for line := range strings.Lines(part) {
			line = strings.TrimRight(line, "\n")
			verbatim := strings.HasPrefix(line, "  ")
			if len(now.lines) > 0 && verbatim != now.verbatim {
				all = append(all, now)
				now = block{}
			}
			now.verbatim = verbatim
			now.lines = append(now.lines, strings.TrimPrefix(line, "  "))
		}
		if len(now.lines) > 0 {
			all = append(all, now)
		}
	}
	return all
}

type block struct {
	lines    []string
	verbatim bool
}

var status = regexp.MustCompile(`(?s)^(\d+) (.+)$`)

// statuses takes "0 all is well; 1 it failed" apart; ok says that it is of that form.
func statuses(text string) (all [][2]string, ok bool) {
	for part := range strings.SplitSeq(text, ";") {
		m := status.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, false
		}
		all = append(all, [2]string{m[1], strings.Join(strings.Fields(m[2]), " ")})
	}
	return all, true
}
