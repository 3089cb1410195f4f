package browse_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"accio/modelcheck"
	"accio/modelcheck/browse"
)

// A light that can be switched, and what is claimed of it.
func Example() {
	light := modelcheck.System[string]{
		Initial: []string{"dark"},
		Next: func(s string) []modelcheck.Step[string] {
			if s == "dark" {
				return []modelcheck.Step[string]{{Label: "switch on", To: "bright"}}
			}
			return []modelcheck.Step[string]{{Label: "switch off", To: "dark"}}
		},
	}
	report := modelcheck.Check(light, modelcheck.Limit{},
		modelcheck.Always("it stays dark", func(s string) bool { return s == "dark" }))

	server := httptest.NewServer(&browse.Page[string]{Title: "The light", System: light, Report: report})
	defer server.Close()
	answer, err := http.Get(server.URL + "/?at=0.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	page, _ := io.ReadAll(answer.Body)
	for line := range strings.Lines(string(page)) {
		if strings.Contains(line, "<h1>") || strings.Contains(line, "switch off") {
			fmt.Print(line)
		}
	}
	// Output:
	// <h1>The light</h1>
	// <li><a href="?at=0.0.0" accesskey="1">switch off</a><br><span class="state"><b>dark</b> </span></li>
}
