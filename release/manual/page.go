package manual

import (
	"fmt"
	"strings"
	"time"

	"accio/internal/cli"
)

// Book is what the pages of one release have in common.
type Book struct {
	Version string
	Time    time.Time
	// Programs are all that are described; each page names the others.
	Programs []cli.Description
}

// Pages returns every page, "accio-check.1" and so on.
func (b *Book) Pages() map[string][]byte {
	pages := map[string][]byte{}
	for _, d := range b.Programs {
		b.add(pages, d, nil)
	}
	return pages
}

func (b *Book) add(pages map[string][]byte, d cli.Description, above *cli.Description) {
	pages[pageName(d)+".1"] = b.page(d, above)
	for _, c := range d.Commands {
		b.add(pages, c, &d)
	}
}

// pageName is the name of a page without its section, as in "accio-conform-server".
func pageName(d cli.Description) string { return strings.ReplaceAll(d.Name, " ", "-") }

func (b *Book) page(d cli.Description, above *cli.Description) []byte {
	var w roff
	w.request("TH", escape(strings.ToUpper(pageName(d))), "1", b.Time.UTC().Format(time.DateOnly), escape("Accio "+b.Version), "Accio")
	w.request("SH", "NAME")
	w.line(escape(pageName(d)) + ` \- ` + escape(lowerFirst(d.Short)))
	parts := sections(d.Help)
	w.request("SH", "SYNOPSIS")
	for _, s := range parts {
		if s.heading == "usage" {
			w.synopsis(d.Name, s.inline)
		}
	}
	w.request("SH", "DESCRIPTION")
	for _, s := range parts {
		if s.heading == "" || s.heading == "usage" {
			w.text(s.text)
		}
	}
	if len(d.Commands) > 0 {
		w.request("SH", "COMMANDS")
		for _, c := range d.Commands {
			w.request("TP")
			w.line(reference(pageName(c)))
			w.fill(c.Short + ".")
		}
	}
	if len(d.Flags) > 0 {
		w.request("SH", "OPTIONS")
		for _, f := range d.Flags {
			w.flag(f)
		}
	}
	for _, heading := range []string{"exit status", "environment", "files", "examples"} {
		for _, s := range parts {
			if s.heading == heading {
				w.request("SH", strings.ToUpper(heading))
				w.section(s)
			}
		}
	}
	w.request("SH", "SEE ALSO")
	w.line(strings.Join(b.others(d, above), ",\n"))
	return []byte(w.String())
}

// others are references to the page above, to those beside a program and to those of
// the commands.
func (b *Book) others(d cli.Description, above *cli.Description) (all []string) {
	if above != nil {
		all = append(all, reference(pageName(*above)))
	}
	for _, p := range b.Programs {
		if first, _, _ := strings.Cut(d.Name, " "); p.Name != first {
			all = append(all, reference(pageName(p)))
		}
	}
	for _, c := range d.Commands {
		all = append(all, reference(pageName(c)))
	}
	return all
}

func reference(page string) string { return fmt.Sprintf(`\fB%s\fR(1)`, escape(page)) }

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }
