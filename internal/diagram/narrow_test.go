package diagram_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/diagram"
	"accio/internal/require"
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

var narrowTables = []*fsm.Table{&fsm.Server, &fsm.Client, &small, &awkward, &bulk, broken}

func TestNarrowIsFresh(t *testing.T) {
	got, err := os.ReadFile("../../" + diagram.NarrowFile)
	if err != nil || string(got) != diagram.Narrow(&fsm.Server) {
		t.Errorf("%s is stale (%v); run: go generate ./...", diagram.NarrowFile, err)
	}
}

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
		case start.Name.Local == "path" && strings.HasPrefix(id, "s-") && s.boxes[id] == [4]float64{}:
			n := floats(t, attr["d"])
			s.boxes[id] = [4]float64{n[6] - 12, n[1], n[0] + 12, n[1] + 46}
		case start.Name.Local == "path" && strings.HasPrefix(id, "e-") && strings.Contains(attr["d"], "H"):
			if n := floats(t, attr["d"]); strings.HasSuffix(attr["d"], fmt.Sprintf("H%v", n[len(n)-1])) && len(n) == 5 {
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
func TestNarrow(t *testing.T) {
	looked, heads := 0, 0
	for _, table := range narrowTables {
		s := look(t, diagram.Narrow(table))
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
	require.Ran(t, "pairs of boxes", looked, 12*12+14*14+6*6+2*2+8*8+14*14)
	require.Ran(t, "pairs of a box and an arrow", heads, 12*5+14*6+6*2+2*0+8*3+14*7)
}

// The server's fits a telephone, and has what the wide one has.
func TestNarrowIsNarrow(t *testing.T) {
	s := look(t, diagram.Narrow(&fsm.Server))
	if s.width > 370 || s.height > 1000 {
		t.Errorf("%v by %v", s.width, s.height)
	}
	wide := look(t, picture(t, &fsm.Server))
	slices.Sort(s.ids)
	slices.Sort(wide.ids)
	if !slices.Equal(s.ids, wide.ids) {
		t.Errorf("narrow: %v\nwide: %v", s.ids, wide.ids)
	}
}

func TestNarrowSmall(t *testing.T) {
	got := diagram.Narrow(&small)
	for _, want := range []string{
		`class="diagram narrow" data-role="left"`,
		`<path d="M24,96V`, // down from Ask
		`<g id="e-Ask-Bad" class="edge bad" data-from="Ask" data-to="Bad">` + "\n" + `<path d="M200,96V108"/>`,
		`<text class="work"`, `>write who\n</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if diagram.Narrow(&small) != got {
		t.Error("not the same twice")
	}
}
