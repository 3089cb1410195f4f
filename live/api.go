package live

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"accio/diagram"
)

func (p *reporter) state(w http.ResponseWriter, _ *http.Request) {
	m := p.moment()
	writeJSON(w, p.snapshot(&m))
}

func (p *reporter) one(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
	c, ok := p.connection(number)
	if err != nil || !ok {
		http.Error(w, "no such connection, or none that is still kept", http.StatusNotFound)
		return
	}
	writeJSON(w, c)
}

func (p *reporter) tables(w http.ResponseWriter, r *http.Request) {
	for _, t := range p.all() {
		if t.Role == r.PathValue("role") {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, diagram.JSON(t))
			return
		}
	}
	http.Error(w, "no such table", http.StatusNotFound)
}

func (p *reporter) story(w http.ResponseWriter, _ *http.Request) {
	if p.Story == nil {
		http.Error(w, "no story", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(p.Story)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// healthy says that the process answers.
func healthy(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "alive\n") }

// ready says whether clients of the server are served.
func (p *reporter) ready(w http.ResponseWriter, _ *http.Request) {
	if !p.Ready() {
		http.Error(w, "not listening", http.StatusServiceUnavailable)
		return
	}
	if p.blocked() > 0 {
		http.Error(w, "standard output is blocked, nobody reads it", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "listening\n")
}
