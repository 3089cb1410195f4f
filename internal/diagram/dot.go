package diagram

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"accio/fsm"
)

// The measures of the drawing, in points. They hold for the widest of the usual
// fonts, so that nothing depends on those of the machine that draws.
const (
	nameSize  = 15 // of the name of a state
	textSize  = 13 // of everything else
	perRune   = 0.56
	stateHigh = 46
	eventWide = 148 // holds the name of an event and how often it came
	eventHigh = 22
	eventGap  = 8 // between an arrow and its label
)

// DOT returns the table as a drawing for Graphviz, in the order of the table.
//
// The good session runs straight down. All that leads away from it from one
// state to another is one box of events with a line from the first and an arrow
// to the second, as an arrow's own label would stand far from where it belongs.
// Terminal states have a double border, what is no part of the good session is
// dashed, and the good session is heavy.
//
// The ids are s-STATE for a state, e-FROM-TO for an arrow (its two halves have
// tail- and head- before it), and t-FROM-EVENT for an event.
func DOT(t *fsm.Table) string {
	var b strings.Builder
	path, _, _ := goodPath(t)
	fmt.Fprintf(&b, "digraph %s {\n", quoted(t.Role))
	fmt.Fprintf(&b, "    graph [splines=line nodesep=0.36 ranksep=0.28 pad=0.15 fontname=%q]\n", fontName)
	fmt.Fprintf(&b, "    node [fontname=%q fontsize=%d shape=box style=rounded]\n", fontName, textSize)
	fmt.Fprintf(&b, "    edge [fontname=%q fontsize=%d arrowsize=0.9]\n", fontName, textSize)

	b.WriteString("    start [id=start shape=circle label=\"\" width=0.2 height=0.2 style=filled fillcolor=black]\n")
	for _, s := range allStates(t) {
		fmt.Fprintf(&b, "    %s [id=%s width=%.2f height=%.2f%s label=%s]\n", quoted("s-"+id(s)), quoted("s-"+id(s)),
			stateWidth(t, s)/72, stateHigh/72.0, nodeStyle(t, path, s), stateLabel(t, s))
	}
	fmt.Fprintf(&b, "    start -> %s [id=\"e-start\" weight=20]\n", quoted("s-"+id(t.Initial)))

	for _, e := range edges(t) {
		name, from, to := e.name(), quoted("s-"+id(e.from)), quoted("s-"+id(e.to))
		if e.good(path) {
			fmt.Fprintf(&b, "    %s -> %s [id=%s weight=20 penwidth=2.5 label=%s]\n", from, to, quoted(name), events(e, eventGap))
			continue
		}
		fmt.Fprintf(&b, "    %s [id=%s width=%.2f height=%.2f style=\"\" label=%s]\n", quoted(name), quoted(name),
			(eventWide+12)/72.0, float64(len(e.events)*eventHigh+8)/72, events(e, 0))
		fmt.Fprintf(&b, "    { rank=same; %s -> %s [id=%s style=dashed arrowhead=none weight=10] }\n",
			from, quoted(name), quoted("tail-"+name))
		format := "    %s -> %s [id=%s style=dashed tailport=e constraint=false]\n"
		if name == middle(t, path, e.to) {
			format = "    { rank=same; %s -> %s [id=%s style=dashed] }\n"
		}
		fmt.Fprintf(&b, format, quoted(name), to, quoted("head-"+name))
	}
	b.WriteString("}\n")
	return b.String()
}

const fontName = "DejaVu Sans"

func (e edge) name() string { return "e-" + id(e.from) + "-" + id(e.to) }

// good reports whether the edge is one of the good session's.
func (e edge) good(path []fsm.State) bool {
	i := slices.Index(path, e.from)
	return i >= 0 && i+1 < len(path) && path[i+1] == e.to
}

// middle returns the name of the arrow that a state off the good session stands
// beside: that in the middle of those that lead to it.
func middle(t *fsm.Table, path []fsm.State, s fsm.State) string {
	var names []string
	for _, e := range edges(t) {
		if e.to == s && !slices.Contains(path, s) {
			names = append(names, e.name())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[len(names)/2]
}

func nodeStyle(t *fsm.Table, path []fsm.State, s fsm.State) string {
	var style string
	if !isGood(t, path, s) {
		style = ` style="rounded,dashed"`
	}
	if t.IsTerminal(s) {
		style += " peripheries=2"
	}
	return style
}

// stateWidth returns the width of a state's box, which is the same for all that
// are not terminal.
func stateWidth(t *fsm.Table, s fsm.State) float64 {
	widest := 0.0
	for _, other := range allStates(t) {
		if t.IsTerminal(other) == t.IsTerminal(s) {
			widest = max(widest, nameSize*perRune*float64(utf8.RuneCountInString(visible(string(other)))),
				textSize*perRune*float64(utf8.RuneCountInString(visible(work(t.Activity(other))))))
		}
	}
	return max(widest+20, 84)
}

func stateLabel(t *fsm.Table, s fsm.State) string {
	label := fmt.Sprintf("<b><font point-size=\"%d\">%s</font></b>", nameSize, dotText(string(s)))
	if w := work(t.Activity(s)); w != "" {
		label += "<br/>" + dotText(w)
	}
	return "<" + label + ">"
}

// events returns a label with a row for each event of e, the text gap to the
// right of where it would begin.
func events(e edge, gap int) string {
	var b strings.Builder
	b.WriteString(`<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">`)
	for _, ev := range e.events {
		b.WriteString("<tr>")
		if gap > 0 {
			fmt.Fprintf(&b, `<td width="%d"></td>`, gap)
		}
		fmt.Fprintf(&b, `<td id="%s" width="%d" height="%d" fixedsize="true" align="left">%s</td></tr>`,
			eventID(e.from, ev), eventWide, eventHigh, dotText(string(ev)))
	}
	b.WriteString("</table>>")
	return b.String()
}

func eventID(from fsm.State, e fsm.Event) string { return "t-" + id(from) + "-" + id(fsm.State(e)) }

// quoted returns s as an id of DOT, in which only the quote is special.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// dotText returns text that an HTML-like label of Graphviz shows as s.
func dotText(s string) string { return entities(visible(s), "&#%d;") }
