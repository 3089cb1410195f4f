package diagram

import (
	_ "embed"
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

// SVG returns the picture of the table.
//
// A state is a group with the id s-STATE and the class state, an arrow one with
// e-FROM-TO and edge, an event one within it with t-FROM-EVENT and event; each
// has the names as they are in data attributes, and the classes good or bad,
// terminal, initial. An event has an empty text of the class count.
func SVG(t *fsm.Table) string { return paint(lay(t, false), "diagram") }

// Narrow returns the picture of the table for a narrow screen, with the ids and
// classes of [SVG].
func Narrow(t *fsm.Table) string { return paint(lay(t, true), "diagram narrow") }

func paint(l *layout, class string) string {
	p := &picture{layout: l}
	p.begin(class)
	p.start()
	for _, e := range edges(l.table) {
		p.edge(e)
	}
	for _, s := range allStates(l.table) {
		p.state(s)
	}
	p.printf("</svg>\n")
	return p.out.String()
}

// picture is an SVG being written.
type picture struct {
	*layout
	out strings.Builder
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *picture) begin(class string) {
	role := escaped(p.table.Role)
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" data-role="%s" role="img" `+
		`aria-labelledby="diagram-title diagram-text" viewBox="0 0 %.0f %.0f" width="%[3]g" height="%[4]g">`+"\n",
		class, role, p.width, p.height)
	p.printf("<title id=\"diagram-title\">The states of the %s</title>\n<desc id=\"diagram-text\">%s</desc>\n",
		role, escaped(Words(p.table)))
	p.printf("<style>\n%s</style>\n", Style)
	p.printf("<rect class=\"paper\" width=\"%g\" height=\"%g\" rx=\"8\"/>\n", p.width, p.height)
}

func (p *picture) start() {
	const radius = 7
	p.printf("<g class=\"start\">\n<ellipse cx=\"%g\" cy=\"%d\" rx=\"%d\" ry=\"%[3]d\"/>\n", p.arrow, gap+radius, radius)
	p.down(gap+2*radius, p.outline(p.table.Initial).top)
	p.printf("</g>\n")
}

// down is an arrow of the good session.
func (p *picture) down(from, to float64) {
	p.line(fmt.Sprintf("M%g,%gV%g", p.arrow, from, to-headLong))
	p.polygon("head", place{p.arrow - headHalf, to - headLong}, place{p.arrow, to}, place{p.arrow + headHalf, to - headLong})
}

func (p *picture) edge(e edge) {
	name, good := e.name(), e.good(p.session)
	p.printf("<g id=\"%s\" class=\"edge %s\" data-from=\"%s\" data-to=\"%s\">\n",
		name, kind(good), escaped(string(e.from)), escaped(string(e.to)))
	if good {
		p.down(p.outline(e.from).bottom, p.outline(e.to).top)
	} else {
		p.line(p.tails[name])
		p.lead(e)
		b := p.away[name]
		p.polygon("events", place{b.left, b.top}, place{b.left, b.bottom}, place{b.right, b.bottom}, place{b.right, b.top})
	}
	at := p.events[name]
	for _, ev := range e.events {
		p.event(e, ev, at)
		at.y += eventHigh
	}
	p.printf("</g>\n")
}

// lead draws the line from a box of events to where they lead, from its end, as
// then the dashes of those that run together are the same.
func (p *picture) lead(e edge) {
	from, to := p.away[e.name()], p.enter(e.to)
	p.line(fmt.Sprintf("M%g,%gH%gV%gH%g", to.x+headLong, to.y, p.heads[e.name()], from.middle(), from.right))
	p.polygon("head", to, place{to.x + headLong, to.y - headHalf}, place{to.x + headLong, to.y + headHalf})
}

func (p *picture) event(e edge, ev fsm.Event, at place) {
	const pad = 4
	p.printf(`<g id="%s" class="event %s" data-from="%s" data-event="%s" data-to="%s">`,
		eventID(e.from, ev), kind(ev == p.table.Activity(e.from).Ends),
		escaped(string(e.from)), escaped(string(ev)), escaped(string(e.to)))
	p.printf(`<rect x="%g" y="%g" width="%d" height="%d" rx="4"/>`, at.x-pad, at.y, eventWide, eventHigh-1)
	p.printf(`<text x="%g" y="%g">%s</text>`, at.x, at.y+baseline, escaped(visible(string(ev))))
	p.printf(`<text class="count" x="%g" y="%g"></text></g>`+"\n", at.x+eventWide-2*pad, at.y+baseline)
}

func eventID(from fsm.State, e fsm.Event) string { return "t-" + id(from) + "-" + id(fsm.State(e)) }

func (p *picture) state(s fsm.State) {
	class, b := kind(isGood(p.table, p.session, s)), p.states[s]
	lines := 1
	if p.table.IsTerminal(s) {
		class, lines = class+" terminal", 2
	}
	if s == p.table.Initial {
		class += " initial"
	}
	p.printf("<g id=\"s-%s\" class=\"state %s\" data-state=\"%s\">\n", id(s), class, escaped(string(s)))
	for i := range lines {
		out := float64(i * border)
		p.printf("<rect class=\"box\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"12\"/>\n",
			b.left-out, b.top-out, b.right-b.left+2*out, b.bottom-b.top+2*out)
	}
	text := func(class string, below float64, text string) {
		p.printf("<text class=\"%s\" x=\"%g\" y=\"%g\">%s</text>\n", class, (b.left+b.right)/2, b.middle()+below, escaped(visible(text)))
	}
	if w := work(p.table.Activity(s)); w != "" {
		text("name", -4.5, string(s))
		text("work", 13.5, w)
	} else {
		text("name", 5, string(s))
	}
	p.printf("</g>\n")
}

func (p *picture) line(path string) { p.printf("<path d=\"%s\"/>\n", path) }

func (p *picture) polygon(class string, corners ...place) {
	p.printf("<polygon class=\"%s\" points=\"", class)
	for i, c := range corners {
		if i > 0 {
			p.printf(" ")
		}
		p.printf("%g,%g", c.x, c.y)
	}
	p.printf("\"/>\n")
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
