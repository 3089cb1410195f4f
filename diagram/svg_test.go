package diagram_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/diagram"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// broken leads on in circles, to a state it does not declare, and to more states
// than ends.
var broken = func() *fsm.Table {
	t := bulk.Clone()
	t.Terminal = append(t.Terminal, "Other")
	t.Transitions = append(t.Transitions,
		fsm.Transition{From: "Shut", Event: "moved", To: "Nowhere"}, fsm.Transition{From: "Shut", Event: "up", To: "Up"},
		fsm.Transition{From: "Muse", Event: "down", To: "Muse"}, fsm.Transition{From: "Nowhere", Event: "moved", To: "Other"})
	return &t
}()

// sketch is what a picture has: the ids, and where the boxes are.
type sketch struct {
	width, height float64
	ids           []string
	boxes         map[string][4]float64 // left, top, right, bottom, by id
	heads         [][3]float64          // from where, how high, to where: the ends of dashed arrows
}

var numbers = regexp.MustCompile(`-?[\d.]+`)

func floats(t *testing.T, text string) (list []float64) {
	t.Helper()
	for _, s := range numbers.FindAllString(text, -1) {
		var n float64
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func look(t *testing.T, svg string) (s sketch) {
	t.Helper()
	s.boxes = map[string][4]float64{}
	id := ""
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return s
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		start, _ := token.(xml.StartElement)
		attr := map[string]string{}
		for _, a := range start.Attr {
			attr[a.Name.Local] = a.Value
		}
		switch {
		case attr["viewBox"] != "":
			size := floats(t, attr["viewBox"])
			s.width, s.height = size[2], size[3]
		case attr["id"] != "":
			id = attr["id"]
			s.ids = append(s.ids, id)
		case attr["class"] == "box": // the outer one comes last
			n := floats(t, strings.Join([]string{attr["x"], attr["y"], attr["width"], attr["height"]}, " "))
			s.boxes[id] = [4]float64{n[0], n[1], n[0] + n[2], n[1] + n[3]}
		case start.Name.Local == "path" && strings.HasPrefix(id, "e-") && strings.Contains(attr["d"], "H"):
			if n := floats(t, attr["d"]); strings.HasSuffix(attr["d"], fmt.Sprintf("H%v", n[len(n)-1])) && len(n) == 5 && n[4] < n[2] {
				s.heads = append(s.heads, [3]float64{n[0], n[1], n[2]})
			}
		case attr["class"] == "events":
			n := floats(t, attr["points"])
			s.boxes[id] = [4]float64{n[0], n[1], n[6], n[3]}
		}
	}
}

// Whatever the table, every state, arrow and event is there once, nothing lies on
// anything else, and nothing leaves the picture.
func TestPictures(t *testing.T) {
	looked, heads := 0, 0
	for _, draw := range []func(*fsm.Table) string{diagram.SVG, diagram.Narrow} {
		for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client, &small, &awkward, &bulk, broken} {
			s := look(t, draw(table))
			states := map[fsm.State]bool{}
			arrows := map[[2]fsm.State]bool{}
			for _, state := range table.States() {
				states[state] = true
			}
			for _, tr := range table.Transitions {
				states[tr.From], states[tr.To], arrows[[2]fsm.State{tr.From, tr.To}] = true, true, true
			}
			count := map[string]int{}
			for _, id := range s.ids {
				count[id[:2]]++
			}
			if want := map[string]int{"s-": len(states), "e-": len(arrows), "t-": len(table.Transitions), "di": 2}; fmt.Sprint(count) != fmt.Sprint(want) {
				t.Errorf("%s has %v, want %v", table.Role, count, want)
			}
			if slices.Sort(s.ids); len(slices.Compact(slices.Clone(s.ids))) != len(s.ids) {
				t.Errorf("%s has an id twice: %v", table.Role, s.ids)
			}
			for id, a := range s.boxes {
				if a[0] < 4 || a[1] < 4 || a[2] > s.width-4 || a[3] > s.height-4 || a[0] >= a[2] || a[1] >= a[3] {
					t.Errorf("%s: %s is at %v of %v, %v", table.Role, id, a, s.width, s.height)
				}
				for _, h := range s.heads {
					if a[1] < h[1] && h[1] < a[3] && h[0] < a[2] && a[0] < h[2] {
						t.Errorf("%s: an arrow at %v goes through %s at %v", table.Role, h, id, a)
					}
				}
				heads += len(s.heads)
				for other, b := range s.boxes {
					looked++
					if id != other && a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3] {
						t.Errorf("%s: %s at %v lies on %s at %v", table.Role, id, a, other, b)
					}
				}
			}
		}
	}
	require.Ran(t, "pairs of boxes", looked, 2*(12*12+14*14+6*6+2*2+8*8+14*14))
	require.Ran(t, "pairs of a box and an arrow", heads, 2*(12*5+14*6+6*2+2*0+8*3+14*7))
}

// The server's fits a telephone, and has what the wide one has.
func TestNarrowIsNarrow(t *testing.T) {
	narrow, wide := look(t, diagram.Narrow(&protocol.Server)), look(t, diagram.SVG(&protocol.Server))
	if narrow.width > 370 || narrow.height > 1100 || wide.height > 850 {
		t.Errorf("%v by %v, and %v by %v", narrow.width, narrow.height, wide.width, wide.height)
	}
	slices.Sort(narrow.ids)
	slices.Sort(wide.ids)
	if !slices.Equal(narrow.ids, wide.ids) {
		t.Errorf("narrow: %v\nwide: %v", narrow.ids, wide.ids)
	}
}

func TestPicturesOfSmall(t *testing.T) {
	for draw, wants := range map[string][]string{
		diagram.SVG(&small): {
			`class="diagram" data-role="left"`,
			`<path d="M109,76H161"/>`, // from Ask to its box
		},
		diagram.Narrow(&small): {
			`class="diagram narrow" data-role="left"`,
			`<path d="M24,96V`, // down from Ask
			`<g id="e-Ask-Bad" class="edge bad" data-from="Ask" data-to="Bad">` + "\n" + `<path d="M200,96V108"/>`,
		},
	} {
		for _, want := range append(wants, `<text class="work"`, `>write who\n</text>`) {
			if !strings.Contains(draw, want) {
				t.Errorf("no %s in\n%s", want, draw)
			}
		}
	}
	if first, second := diagram.SVG(&small), diagram.SVG(&small); first != second {
		t.Error("not the same twice")
	}
}

func TestInline(t *testing.T) {
	got := diagram.Inline("<svg>\n<style>\n.a { }\n</style>\n<g/></svg>\n")
	same(t, got, "<svg>\n<g/></svg>\n")
	if strings.Contains(diagram.Inline(diagram.SVG(&protocol.Server)), "style") {
		t.Error("the style is still there")
	}
}
