package browse

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"accio/modelcheck"
)

// Page serves one system over HTTP, at whatever address it is put. A run is in the
// address of its page, so that it can be kept and sent. It keeps nothing between
// requests, and its methods may be called side by side if those of the system may.
type Page[S comparable] struct {
	// Title names the system to people.
	Title string
	// System is what is walked through. Without an initial state there is nothing
	// to see, and every request is answered with 404.
	System modelcheck.System[S]
	// Report, if it is not the zero value, has been made of the system: its
	// verdicts are listed, and each of their traces can be walked along.
	Report modelcheck.Report[S]
}

//go:embed page.html
var text string

var layout = template.Must(template.New("").Parse(text))

// view is what the page is a template of.
type view struct {
	Title    string
	Way      []move    // to here, the beginning included
	Parts    []part    // of the state
	Same     int       // how many steps ago it was in this state; 0: it was not
	Next     []move    // the steps that lead on
	Verdicts []verdict // of the report
}

// move is a step that can be followed by a link.
type move struct {
	At    string
	Label string
	Key   int // that follows it, with the browser's modifier; 0: none
	Parts []part
}

// part is a word of a state.
type part struct {
	Text    string
	Changed bool // it was not in the state before
}

type verdict struct {
	modelcheck.Outcome
	Kind     modelcheck.Kind
	Property string
	Premises []string
	At       string // of its trace; empty if there is none
}

// ServeHTTP answers with the page of the run that the query at has. What is no run
// of the system is not found (404), what is no path a bad request (400).
func (p *Page[S]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	along, err := parse(r.URL.Query().Get("at"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	here, err := p.walk(along)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	v, err := p.view(here)
	var b bytes.Buffer
	if err == nil {
		err = layout.Execute(&b, v)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Write(b.Bytes())
}

func (p *Page[S]) view(here *run[S]) (*view, error) {
	v := &view{Title: p.Title, Way: []move{{At: here.path[:1].String(), Label: "begin"}}}
	states := []S{here.start}
	for i, step := range here.steps {
		v.Way = append(v.Way, move{At: here.path[:i+2].String(), Label: step.Label})
		states = append(states, step.To)
	}
	last := len(states) - 1
	now := states[last]
	v.Same = last - slices.Index(states, now)
	v.Parts = p.parts(now, states[max(0, last-1)])
	if len(here.path) < longest {
		for i, step := range p.next(now) {
			m := move{At: here.path.then(i).String(), Label: step.Label, Parts: p.parts(step.To, now)}
			if i < 9 {
				m.Key = i + 1
			}
			v.Next = append(v.Next, m)
		}
	}
	for _, of := range p.Report.Verdicts {
		told := verdict{of.Outcome, of.Kind, of.Property, of.Premises, ""}
		if of.Trace != nil {
			along, err := p.find(of.Trace)
			if err != nil {
				return nil, err
			}
			told.At = along.String()
		}
		v.Verdicts = append(v.Verdicts, told)
	}
	return v, nil
}

// parts returns the words of a state, and which of them another one does not have.
func (p *Page[S]) parts(s, before S) (list []part) {
	had := strings.Fields(p.System.Show(before))
	for _, word := range strings.Fields(p.System.Show(s)) {
		list = append(list, part{word, !slices.Contains(had, word)})
	}
	return list
}
