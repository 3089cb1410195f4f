package live

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"accio/diagram"
	"accio/fsm"
)

//go:embed page
var files embed.FS

// index is the page as it is without JavaScript.
var index = sync.OnceValue(func() *template.Template {
	functions := template.FuncMap{"duration": func(seconds float64) time.Duration {
		return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
	}}
	return template.Must(template.New("index.html").Funcs(functions).ParseFS(files, "page/index.html"))
})

// indexData is what it is a template of.
type indexData struct {
	Diagram template.HTML // an svg element
	Narrow  template.HTML // the one for narrow screens
	Name    string
	Good    string // the ends that are
	Tables  []*fsm.Table
	State   Snapshot
}

func (p *reporter) page(w http.ResponseWriter, _ *http.Request) {
	m := p.moment()
	var text bytes.Buffer
	if err := index().Execute(&text, p.data(&m)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(text.Bytes())
}

func (p *reporter) data(m *moment) indexData {
	t := p.Observer.table
	var good []string
	for _, s := range t.Good {
		good = append(good, string(s))
	}
	return indexData{inline(diagram.SVG(t)), inline(diagram.Narrow(t)), p.Name, strings.Join(good, ", "), p.all(), p.snapshot(m)}
}

func inline(svg string) template.HTML { return template.HTML(diagram.Inline(svg)) }

// contentTypes are those of the assets; a file of another kind is none.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

// asset is a file that the page refers to.
type asset struct {
	name string
	tag  string // of its contents
	text string
}

// assets returns those that are embedded, by name, and the pictures of the tables
// with their style.
func (p *reporter) assets() map[string]asset {
	all := map[string]asset{}
	add := func(name, text string) {
		sum := sha256.Sum256([]byte(text))
		all[name] = asset{name, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, text}
	}
	for _, t := range p.all() {
		add(t.Role+".svg", diagram.SVG(t))
	}
	add("diagram.css", diagram.Style)
	fs.WalkDir(files, "page", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || contentTypes[path.Ext(file)] == "" {
			return err
		}
		text, err := files.ReadFile(file)
		add(strings.TrimPrefix(file, "page/"), string(text))
		return err
	})
	return all
}

// all returns the observer's table, and the others.
func (p *reporter) all() []*fsm.Table { return append([]*fsm.Table{p.Observer.table}, p.Tables...) }

func (p *reporter) serveAssets() http.HandlerFunc {
	all := p.assets()
	return func(w http.ResponseWriter, r *http.Request) {
		a, ok := all[r.PathValue("name")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", contentTypes[path.Ext(a.name)])
		w.Header().Set("Cache-Control", "no-cache") // ask again, and be told 304
		w.Header().Set("ETag", a.tag)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(a.text))
	}
}
