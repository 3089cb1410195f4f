package diagram

import (
	"encoding/xml"
	"fmt"
	"slices"

	"accio/fsm"
)

// The measures of the narrow picture, as those of the DOT.
const (
	narrowEdge   = 8   // beside the states
	narrowArrow  = 24  // where the good session runs down
	narrowColumn = 188 // where the boxes of events begin
	narrowRight  = narrowColumn + eventWide + 12
	narrowLane   = 10 // between what runs down beside them
	narrowGap    = 12 // between what stands below each other
)

// Narrow returns the picture of the table for a narrow screen. It has the ids
// and classes of [SVG], and needs no Graphviz.
//
// The states stand below each other, those of the good session first. Below each
// are the events that lead on, beside the arrow, and boxes of those that lead
// elsewhere. From these a line for each state that they lead to runs down, or
// up, at the right.
func Narrow(t *fsm.Table) string {
	s := &stack{drawing: &drawing{groups: map[string]group{}}, table: t, boxes: map[fsm.State]box{}, away: map[string]box{}}
	s.path, _, _ = goodPath(t)
	s.draw()
	svg, err := paint(t, s.drawing, "diagram narrow")
	if err != nil {
		panic(err) // whatever the table has was drawn
	}
	return svg
}

// stack is a narrow picture being laid out.
type stack struct {
	*drawing
	table *fsm.Table
	path  []fsm.State
	boxes map[fsm.State]box
	away  map[string]box // of events, by the name of the edge
	lanes []fsm.State    // what the lines at the right lead to, from left to right
	y     float64        // below all that has a place
}

type box struct{ left, top, right, bottom float64 }

func (b box) middle() float64 { return (b.top + b.bottom) / 2 }

func (s *stack) draw() {
	s.y = narrowGap
	s.groups["start"] = group{shapes: []shape{{"ellipse", attributes("cx", narrowArrow, "cy", s.y+7, "rx", 7, "ry", 7)}}}
	from := s.y + 14
	s.y = from + 2*narrowGap
	list := slices.Clone(s.path)
	for _, state := range allStates(s.table) {
		if !slices.Contains(list, state) {
			list = append(list, state)
		}
	}
	for i, state := range list {
		if i == len(s.path) && s.beside(list[i-1], state) {
			continue
		}
		s.state(state, box{left: narrowEdge, top: s.y, right: narrowEdge + s.wide(state), bottom: s.y + stateHigh})
		s.leave(state)
	}
	s.groups["e-start"] = s.down(from, s.boxes[s.table.Initial].top)
	for _, e := range edges(s.table) {
		if e.good(s.path) {
			g := s.groups[e.name()]
			g.shapes = s.down(s.boxes[e.from].bottom, s.boxes[e.to].top).shapes
			s.groups[e.name()] = g
			continue
		}
		s.lead(e)
	}
	s.width, s.height = narrowRight+narrowLane*float64(len(s.lanes))+narrowEdge, s.y
}

func (s *stack) wide(state fsm.State) float64 {
	if s.table.IsTerminal(state) {
		return stateWidth(s.table, state)
	}
	return max(stateWidth(s.table, state), narrowColumn+2*narrowGap)
}

// beside places a state at the right of the last one of the good session, if
// both are ends, there is room, and no line has to pass.
func (s *stack) beside(last, state fsm.State) bool {
	b := s.boxes[last]
	left := narrowRight - narrowGap - s.wide(state)
	if !s.table.IsTerminal(last) || !s.table.IsTerminal(state) || left < b.right+2*narrowGap || s.ledTo(last) {
		return false
	}
	s.state(state, box{left, b.top, left + s.wide(state), b.bottom})
	return true
}

// ledTo reports whether a line from the right leads to a state.
func (s *stack) ledTo(state fsm.State) bool {
	return slices.ContainsFunc(edges(s.table), func(e edge) bool { return e.to == state && !e.good(s.path) })
}

func (s *stack) state(state fsm.State, b box) {
	s.boxes[state] = b
	s.y = max(s.y, b.bottom+narrowGap)
	g := group{shapes: []shape{rounded(b)}}
	if s.table.IsTerminal(state) {
		g.shapes = append(g.shapes, rounded(box{b.left - 4, b.top - 4, b.right + 4, b.bottom + 4}))
	}
	g.texts = []text{{y: b.middle() + 5, s: visible(string(state))}}
	if w := work(s.table.Activity(state)); w != "" {
		g.texts[0].y = b.middle() - 3
		g.texts = append(g.texts, text{y: b.middle() + 12, s: visible(w)})
	}
	s.groups["s-"+id(state)] = g
}

// leave places the events of a state below it.
func (s *stack) leave(state fsm.State) {
	from := s.boxes[state]
	top := from.bottom + narrowGap
	var on *edge
	bottom := top
	for _, e := range edges(s.table) {
		switch {
		case e.from != state:
		case e.good(s.path):
			on = &e
		default:
			b := box{narrowColumn, bottom, narrowRight, bottom + eventsHigh(e) + 8}
			tail := fmt.Sprintf("M%g,%gV%g", float64(narrowColumn+narrowGap), from.bottom, b.top)
			if b.top > top {
				tail = fmt.Sprintf("M%g,%gV%gH%g", float64(narrowColumn-narrowGap/2), from.bottom, b.middle(), b.left)
			}
			s.groups["tail-"+e.name()] = group{shapes: []shape{path(tail)}}
			g := labels(e, b.left+10, b.top+4)
			g.shapes = []shape{{"polygon", attributes("points", fmt.Sprintf("%g,%g %[1]g,%[3]g %[4]g,%[3]g %[4]g,%[2]g", b.left, b.top, b.bottom, b.right))}}
			s.groups[e.name()] = g
			s.away[e.name()] = b
			bottom = b.bottom + narrowGap
		}
	}
	if on != nil {
		bottom = max(bottom, top+eventsHigh(*on)+narrowGap)
		s.groups[on.name()] = labels(*on, narrowArrow+narrowGap, (top+bottom-narrowGap-eventsHigh(*on))/2)
	}
	if bottom > top {
		s.y = bottom + narrowGap
	}
}

// lead draws the line from a box of events to where they lead.
func (s *stack) lead(e edge) {
	lane := slices.Index(s.lanes, e.to)
	if lane < 0 {
		lane = len(s.lanes)
		s.lanes = append(s.lanes, e.to)
	}
	from, to := s.away[e.name()], s.boxes[e.to]
	right, y := to.right, to.middle()
	if s.table.IsTerminal(e.to) {
		right += 4
	}
	s.groups["head-"+e.name()] = group{shapes: []shape{
		// From its end, as then the dashes of those that run together are the same.
		path(fmt.Sprintf("M%g,%gH%gV%gH%g", right+9, y, narrowRight+narrowLane*float64(lane+1), from.middle(), from.right)),
		{"polygon", attributes("points", fmt.Sprintf("%g,%g %g,%g %[3]g,%[5]g", right, y, right+9, y-3.15, y+3.15))},
	}}
}

// down is an arrow of the good session.
func (s *stack) down(from, to float64) group {
	return group{shapes: []shape{
		path(fmt.Sprintf("M%d,%gV%g", narrowArrow, from, to-9)),
		{"polygon", attributes("points", fmt.Sprintf("%g,%g %d,%g %g,%[2]g", narrowArrow-3.15, to-9, narrowArrow, to, narrowArrow+3.15))},
	}}
}

func eventsHigh(e edge) float64 { return float64(len(e.events) * eventHigh) }

// labels are the events of e, below each other.
func labels(e edge, x, y float64) (g group) {
	for i := range e.events {
		g.texts = append(g.texts, text{x: x, y: y + float64(i*eventHigh) + 15.4})
	}
	return g
}

// rounded is a box as dot draws it: from its right to its left, against the clock.
func rounded(b box) shape {
	const r = 12
	return path(fmt.Sprintf("M%[3]g,%[2]gC%[3]g,%[2]g %[1]g,%[2]g %[1]g,%[2]gQ%[5]g,%[2]g %[5]g,%[7]gV%[8]gQ%[5]g,%[4]g %[1]g,%[4]gH%[3]gQ%[6]g,%[4]g %[6]g,%[8]gV%[7]gQ%[6]g,%[2]g %[3]g,%[2]g",
		b.left+r, b.top, b.right-r, b.bottom, b.left, b.right, b.top+r, b.bottom-r))
}

func path(d string) shape { return shape{"path", attributes("d", d)} }

// attributes takes names and values in turn.
func attributes(pairs ...any) (list []xml.Attr) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, xml.Attr{Name: xml.Name{Local: fmt.Sprint(pairs[i])}, Value: fmt.Sprint(pairs[i+1])})
	}
	return list
}
