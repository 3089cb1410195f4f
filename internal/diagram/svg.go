package diagram

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"strings"

	"accio/fsm"
)

// Style is the style sheet of the pictures. A page that shows [Inline] needs it
// from elsewhere.
//
//go:embed diagram.css
var Style string

// Source returns the hash of what the picture of a table is made from. [SVG]
// writes it into the picture, so that a stale one is found without Graphviz.
func Source(t *fsm.Table) string {
	sum := sha256.Sum256([]byte(DOT(t) + Style))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// SVG returns the picture of the table, from what dot made of its [DOT].
//
// A state is a group with the id s-STATE and the class state, an arrow one with
// e-FROM-TO and edge, an event one within it with t-FROM-EVENT and event; each
// has the names as they are in data attributes, and the classes good or bad,
// terminal, initial. An event has an empty text of the class count.
func SVG(t *fsm.Table, drawn []byte) (string, error) {
	d, err := parse(drawn)
	if err != nil {
		return "", err
	}
	return paint(t, d, "diagram")
}

// paint writes the picture of a table that was laid out as d.
func paint(t *fsm.Table, d *drawing, class string) (string, error) {
	p := &picture{drawing: d, table: t, class: class}
	p.path, _, _ = goodPath(t)
	p.begin()
	p.start()
	for _, e := range edges(t) {
		p.edge(e)
	}
	for _, s := range allStates(t) {
		p.state(s)
	}
	p.printf("</g>\n</svg>\n")
	return p.out.String(), p.err
}

// picture is an SVG being written.
type picture struct {
	*drawing
	table *fsm.Table
	class string
	path  []fsm.State
	out   strings.Builder
	err   error // of the first id that dot did not draw
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *picture) find(name string) group {
	g, ok := p.groups[name]
	if !ok && p.err == nil {
		p.err = fmt.Errorf("dot has not drawn %s", name)
	}
	return g
}

func (p *picture) begin() {
	role := escaped(p.table.Role)
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" data-role="%s" data-source="%s" role="img" `+
		`aria-labelledby="diagram-title diagram-text" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f">`+"\n",
		p.class, role, Source(p.table), p.width, p.height, p.width, p.height)
	p.printf("<title id=\"diagram-title\">The states of the %s</title>\n<desc id=\"diagram-text\">%s</desc>\n",
		role, escaped(Words(p.table)))
	p.printf("<style>\n%s</style>\n", Style)
	p.printf("<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\" rx=\"8\"/>\n", p.width, p.height)
	p.printf("<g transform=\"translate(%g %g)\">\n", p.dx, p.dy)
}

func (p *picture) start() {
	p.printf("<g class=\"start\">\n")
	p.shapes("", p.find("start").shapes...)
	p.shapes("", p.find("e-start").shapes...)
	p.printf("</g>\n")
}

func (p *picture) edge(e edge) {
	name := e.name()
	class := kind(e.good(p.path))
	p.printf("<g id=\"%s\" class=\"edge %s\" data-from=\"%s\" data-to=\"%s\">\n",
		name, class, escaped(string(e.from)), escaped(string(e.to)))
	own := p.find(name)
	if class == "good" {
		p.shapes("", own.shapes...)
	} else {
		p.shapes("", p.find("tail-"+name).shapes...)
		p.shapes("", p.find("head-"+name).shapes...)
		p.shapes("events", own.shapes...)
	}
	for i, ev := range e.events {
		if i >= len(own.texts) {
			p.err = fmt.Errorf("dot has not drawn %s of %s", ev, name)
			return
		}
		p.event(e, ev, own.texts[i])
	}
	p.printf("</g>\n")
}

func (p *picture) event(e edge, ev fsm.Event, at text) {
	const pad = 4
	p.printf(`<g id="%s" class="event %s" data-from="%s" data-event="%s" data-to="%s">`,
		eventID(e.from, ev), kind(ev == p.table.Activity(e.from).Ends),
		escaped(string(e.from)), escaped(string(ev)), escaped(string(e.to)))
	p.printf(`<rect x="%g" y="%g" width="%d" height="%d" rx="4"/>`, at.x-pad, at.y-15.4, eventWide, eventHigh-1)
	p.printf(`<text x="%g" y="%g">%s</text>`, at.x, at.y, escaped(visible(string(ev))))
	p.printf(`<text class="count" x="%g" y="%g"></text></g>`+"\n", at.x+eventWide-2*pad, at.y)
}

func (p *picture) state(s fsm.State) {
	class := kind(isGood(p.table, p.path, s))
	if p.table.IsTerminal(s) {
		class += " terminal"
	}
	if s == p.table.Initial {
		class += " initial"
	}
	g := p.find("s-" + id(s))
	p.printf("<g id=\"s-%s\" class=\"state %s\" data-state=\"%s\">\n", id(s), class, escaped(string(s)))
	p.shapes("", g.shapes...)
	x := g.middle()
	apart := float64(len(g.texts) - 1) // dot sets lines too tight
	for i, line := range g.texts {
		class, y := "name", line.y-1.5*apart
		if i > 0 {
			class, y = "work", line.y+1.5
		}
		p.printf("<text class=\"%s\" x=\"%g\" y=\"%g\">%s</text>\n", class, x, y, escaped(line.s))
	}
	p.printf("</g>\n")
}

// middle returns the middle of the group's first shape, a box that dot draws as
// a path that begins at its right and goes to its left.
func (g group) middle() float64 {
	if len(g.shapes) == 0 || len(g.shapes[0].attrs) == 0 {
		return 0
	}
	var right, left float64
	fields := strings.FieldsFunc(g.shapes[0].attrs[0].Value, func(r rune) bool { return strings.ContainsRune("MC ,", r) })
	if len(fields) > 4 {
		fmt.Sscan(fields[0], &right)
		fmt.Sscan(fields[4], &left)
	}
	return (left + right) / 2
}

func (p *picture) shapes(class string, shapes ...shape) {
	for _, s := range shapes {
		c := class
		if s.name == "polygon" && c == "" {
			c = "head"
		}
		p.printf("<%s", s.name)
		if c != "" {
			p.printf(" class=\"%s\"", c)
		}
		for _, a := range s.attrs {
			p.printf(" %s=\"%s\"", a.Name.Local, escaped(a.Value))
		}
		p.printf("/>\n")
	}
}

func kind(good bool) string {
	if good {
		return "good"
	}
	return "bad"
}

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// Inline returns a picture for the inside of an HTML page, without its style.
func Inline(svg string) string {
	before, rest, _ := strings.Cut(svg, "<style>\n")
	_, after, _ := strings.Cut(rest, "</style>\n")
	return before + after
}
