package diagram

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"accio/fsm"
)

// The measures of the pictures, in units of the drawing. They hold for the widest
// of the usual fonts, so that nothing depends on those of the machine.
const (
	nameSize  = 15 // of the name of a state
	textSize  = 13 // of everything else
	perRune   = 0.56
	stateHigh = 46
	eventWide = 148 // holds the name of an event and how often it came
	eventHigh = 22
	baseline  = 15.4 // from the top of an event to that of its text
	edgeGap   = 8    // beside the states
	gap       = 12   // between what stands below each other
	apart     = 52   // between states and boxes of events that stand beside them
	laneGap   = 10   // between the lines that run down beside the boxes
	border    = 4    // between the two lines around a terminal state
	headLong  = 9    // of an arrow's head
	headHalf  = 3.15
	entry     = 10 // from the top of a state that has boxes beside it to the line that leads to it
)

// layout says where everything of a picture is. The states stand below each
// other, those of the good session first. Beside the arrow that leads on from
// one are the events of it; those that lead elsewhere are in boxes, from which a
// line for each state that they lead to runs down, or up, at the right.
type layout struct {
	table   *fsm.Table
	session []fsm.State // the good one
	narrow  bool        // the boxes stand below their states
	arrow   float64     // where the good session runs down
	column  float64     // where the boxes begin
	right   float64     // and where they end
	y       float64     // below all that has a place

	width, height float64
	states        map[fsm.State]box
	away          map[string]box     // of events, by the name of their edge
	tails         map[string]string  // the lines to them, as SVG has paths
	events        map[string]place   // where the first of an edge is written
	lanes         []fsm.State        // what the lines at the right lead to, from left to right
	heads         map[string]float64 // where the line of an edge runs down
}

type box struct{ left, top, right, bottom float64 }

func (b box) middle() float64 { return (b.top + b.bottom) / 2 }

// outline is the box of a state with all its lines.
func (l *layout) outline(s fsm.State) box {
	b := l.states[s]
	if l.table.IsTerminal(s) {
		b = box{b.left - border, b.top - border, b.right + border, b.bottom + border}
	}
	return b
}

type place struct{ x, y float64 }

func lay(t *fsm.Table, narrow bool) *layout {
	l := &layout{table: t, narrow: narrow, states: map[fsm.State]box{}, away: map[string]box{}, tails: map[string]string{},
		events: map[string]place{}, heads: map[string]float64{}}
	l.session, _, _ = goodPath(t)
	wide := 0.0
	list := slices.Clone(l.session)
	for _, state := range allStates(t) {
		wide = max(wide, l.wide(state))
		if !slices.Contains(list, state) {
			list = append(list, state)
		}
	}
	l.arrow, l.column = edgeGap+wide/2, edgeGap+wide+apart
	if narrow {
		l.arrow, l.column = edgeGap+16, edgeGap+180
	}
	l.right = l.column + eventWide + gap
	l.y = gap + 14 + 2*gap
	for i, state := range list {
		if i != len(l.session) || i == 0 || !l.beside(list[i-1], state) {
			l.row(state)
		}
	}
	for _, e := range edges(t) {
		if !e.good(l.session) {
			l.lane(e)
			continue
		}
		from, to := l.outline(e.from).bottom, l.outline(e.to).top-headLong
		l.events[e.name()] = place{l.arrow + gap, (from + to - e.high()) / 2}
	}
	l.width, l.height = l.right+laneGap*float64(len(l.lanes))+edgeGap, l.y
	return l
}

// wide returns the width of a state's box, which is the same for all that are
// not terminal.
func (l *layout) wide(s fsm.State) float64 {
	wide := 64.0
	if l.narrow && !l.table.IsTerminal(s) {
		wide = 184 // reaches over the beginning of the boxes below
	}
	for _, other := range allStates(l.table) {
		if l.table.IsTerminal(other) == l.table.IsTerminal(s) {
			wide = max(wide, nameSize*perRune*float64(utf8.RuneCountInString(visible(string(other)))),
				textSize*perRune*float64(utf8.RuneCountInString(visible(work(l.table.Activity(other))))))
		}
	}
	return math.Ceil(wide) + 20
}

// row places a state and the events that lead away from it.
func (l *layout) row(s fsm.State) {
	var on *edge
	var others []edge
	high := -float64(gap) // of the boxes
	for _, e := range edges(l.table) {
		switch {
		case e.from != s:
		case e.good(l.session):
			on = &e
		default:
			others = append(others, e)
			high += e.boxHigh() + gap
		}
	}
	top, boxes := l.y, l.y+stateHigh+gap
	switch {
	case l.narrow:
	case l.ledTo(s):
		boxes = l.y + 2*entry
	default:
		top, boxes = l.y+max(0, (high-stateHigh)/2), l.y+max(0, (stateHigh-high)/2)
	}
	left := float64(edgeGap)
	if !l.narrow && l.table.IsTerminal(s) {
		left = l.arrow - l.wide(s)/2
	}
	b := box{left, top, left + l.wide(s), top + stateHigh}
	l.states[s] = b
	below := b.bottom + gap
	for i, e := range others {
		l.box(e, i, boxes)
		boxes = l.away[e.name()].bottom + gap
		below = max(below, boxes)
	}
	if on != nil {
		below = max(below, b.bottom+on.high()+2*gap)
	}
	if on != nil || len(others) > 0 {
		below += gap
	}
	l.y = below
}

// box places the events of e below top, as the box of so many a state has above
// it.
func (l *layout) box(e edge, above int, top float64) {
	from := l.states[e.from]
	b := box{l.column, top, l.right, top + e.boxHigh()}
	l.away[e.name()], l.events[e.name()] = b, place{b.left + laneGap, b.top + border}
	switch {
	case l.narrow && above == 0:
		l.tails[e.name()] = fmt.Sprintf("M%g,%gV%g", b.left+gap, from.bottom, b.top)
	case l.narrow:
		l.tails[e.name()] = fmt.Sprintf("M%g,%gV%gH%g", b.left-gap/2, from.bottom, b.middle(), b.left)
	case b.top < from.middle() && from.middle() < b.bottom:
		l.tails[e.name()] = fmt.Sprintf("M%g,%gH%g", from.right, from.middle(), b.left)
	default:
		l.tails[e.name()] = fmt.Sprintf("M%g,%gH%gV%gH%g", from.right, from.middle(), b.left-apart/2, b.middle(), b.left)
	}
}

// beside places a state at the right of the last one of the good session, if
// both are ends, there is room, and no line has to pass.
func (l *layout) beside(last, s fsm.State) bool {
	b := l.states[last]
	left := l.right - gap - l.wide(s)
	if !l.table.IsTerminal(last) || !l.table.IsTerminal(s) || left < b.right+2*gap || l.ledTo(last) {
		return false
	}
	l.states[s] = box{left, b.top, left + l.wide(s), b.bottom}
	return true
}

// ledTo reports whether a line from the right leads to a state.
func (l *layout) ledTo(s fsm.State) bool {
	return slices.ContainsFunc(edges(l.table), func(e edge) bool { return e.to == s && !e.good(l.session) })
}

// enter is where a line from the right comes to a state.
func (l *layout) enter(s fsm.State) place {
	b := l.outline(s)
	if l.narrow || l.table.IsTerminal(s) {
		return place{b.right, b.middle()}
	}
	return place{b.right, b.top + entry}
}

// lane gives the line to where an edge leads its place.
func (l *layout) lane(e edge) {
	lane := slices.Index(l.lanes, e.to)
	if lane < 0 {
		lane = len(l.lanes)
		l.lanes = append(l.lanes, e.to)
	}
	l.heads[e.name()] = l.right + laneGap*float64(lane+1)
}

func (e edge) high() float64    { return float64(len(e.events) * eventHigh) }
func (e edge) boxHigh() float64 { return e.high() + 2*border }
func (e edge) name() string     { return "e-" + id(e.from) + "-" + id(e.to) }

// good reports whether the edge is one of the good session's.
func (e edge) good(path []fsm.State) bool {
	i := slices.Index(path, e.from)
	return i >= 0 && i+1 < len(path) && path[i+1] == e.to
}
