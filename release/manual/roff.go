package manual

import (
	"fmt"
	"regexp"
	"strings"

	"accio/internal/cli"
)

// roff is a page in the making.
type roff struct{ strings.Builder }

func (w *roff) line(text string) { fmt.Fprintln(w, text) }

// fill writes text that the reader's program breaks into lines, in lines that are not
// long.
func (w *roff) fill(text string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(escape(line+" "+word)) > 78 {
			w.line(escape(line))
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	w.line(escape(line))
}

// request is a macro of man(7) with its arguments, each escaped if it has to be.
func (w *roff) request(macro string, arguments ...string) {
	w.WriteString("." + macro)
	for _, a := range arguments {
		if strings.Contains(a, " ") {
			a = `"` + a + `"`
		}
		w.WriteString(" " + a)
	}
	w.WriteString("\n")
}

// escapes are the characters that mean something to roff, or that it would print as
// another: a hyphen that can be copied from the page is \-.
var escapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`)

// escape is text as roff prints it letter by letter.
func escape(text string) string {
	var b strings.Builder
	for _, r := range escapes.Replace(text) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	if text := b.String(); !strings.HasPrefix(text, ".") {
		return text
	}
	return `\&` + b.String()
}

var inAngles = regexp.MustCompile(`<([A-Z]+)>`)

// synopsis is a usage line, with the name of the program in bold.
func (w *roff) synopsis(name, line string) {
	rest := strings.TrimPrefix(line, name)
	w.line(`\fB` + escape(name) + `\fR` + inAngles.ReplaceAllString(escape(rest), `\fI$1\fR`))
}

// text writes the blocks of a text.
func (w *roff) text(text string) {
	for i, b := range blocks(text) {
		if i > 0 {
			w.request("PP")
		}
		if !b.verbatim {
			w.fill(strings.Join(b.lines, " "))
			continue
		}
		w.request("RS", "4")
		w.request("nf")
		for _, line := range b.lines {
			w.line(escape(line))
		}
		w.request("fi")
		w.request("RE")
	}
}

// section writes what stands under a heading; an exit status is a list.
func (w *roff) section(s section) {
	text := strings.Trim(s.inline+"\n"+s.text, "\n")
	all, ok := statuses(text)
	if s.heading != "exit status" || !ok {
		w.text(text)
		return
	}
	for _, status := range all {
		w.request("TP")
		w.line(`\fB` + status[0] + `\fR`)
		w.fill(status[1])
	}
}

func (w *roff) flag(f cli.Flag) {
	w.request("TP")
	name := `\fB` + escape("--"+f.Name) + `\fR`
	if f.Short != "" {
		name = `\fB` + escape("-"+f.Short) + `\fR, ` + name
	}
	if f.Value != "" {
		name += ` \fI` + escape(f.Value) + `\fR`
	}
	w.line(name)
	about := f.Usage
	if f.Default != "" {
		about += " (default " + f.Default + ")"
	}
	w.fill(about)
}
