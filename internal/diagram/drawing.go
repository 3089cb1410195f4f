package diagram

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// drawing is what Graphviz made of a DOT text: its size, and what it drew under
// each id. The origin is the lower left corner, y grows downwards.
type drawing struct {
	width, height float64
	dx, dy        float64 // to the upper left corner
	groups        map[string]group
}

// group is what is drawn under one id.
type group struct {
	shapes []shape
	texts  []text
}

// shape is a path, a polygon or an ellipse, with the attributes that say where
// it is.
type shape struct {
	name  string
	attrs []xml.Attr
}

// text is a line of text: where its baseline begins.
type text struct {
	x, y float64
	s    string
}

// parse reads the SVG that dot writes.
func parse(svg []byte) (*drawing, error) {
	var root struct {
		ViewBox string `xml:"viewBox,attr"`
		Graph   struct {
			Transform string    `xml:"transform,attr"`
			Groups    []element `xml:"g"`
		} `xml:"g"`
	}
	if err := xml.Unmarshal(svg, &root); err != nil {
		return nil, fmt.Errorf("what dot wrote: %w", err)
	}
	d := &drawing{groups: map[string]group{}}
	var x, y float64
	if _, err := fmt.Sscan(root.ViewBox, &x, &y, &d.width, &d.height); err != nil {
		return nil, fmt.Errorf("view box %q of what dot wrote: %w", root.ViewBox, err)
	}
	_, translate, _ := strings.Cut(root.Graph.Transform, "translate(")
	if _, err := fmt.Sscanf(translate, "%g %g)", &d.dx, &d.dy); err != nil {
		return nil, fmt.Errorf("transform %q of what dot wrote: %w", root.Graph.Transform, err)
	}
	for _, e := range root.Graph.Groups {
		var g group
		e.collect(&g)
		d.groups[e.attr("id")] = g
	}
	return d, nil
}

type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Elements []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// collect adds the shapes and texts of e and all below it.
func (e element) collect(g *group) {
	switch e.XMLName.Local {
	case "path", "polygon", "ellipse":
		s := shape{name: e.XMLName.Local}
		for _, a := range e.Attrs {
			switch a.Name.Local {
			case "d", "points", "cx", "cy", "rx", "ry":
				s.attrs = append(s.attrs, a)
			}
		}
		g.shapes = append(g.shapes, s)
	case "text":
		x, _ := strconv.ParseFloat(e.attr("x"), 64)
		y, _ := strconv.ParseFloat(e.attr("y"), 64)
		g.texts = append(g.texts, text{x, y, e.Text})
	}
	for _, child := range e.Elements {
		child.collect(g)
	}
}
