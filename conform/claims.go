package conform

import (
	"regexp"
	"strings"
	"sync"

	"accio/docs"
)

// claims has the text of each claim of docs/protocol.md by its number.
var claims = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	item := regexp.MustCompile(`(?ms)^(?:- |\| )\*\*(\d+\.\d+)\*\*(.*?)\n(?:- |\||\n|#)`)
	text := strings.ReplaceAll(docs.Protocol+"\n#", "\n- ", "\n\n- ") // an item ends before the next
	text = strings.ReplaceAll(text, "\n| ", "\n\n| ")
	for _, m := range item.FindAllStringSubmatch(text, -1) {
		all[m[1]] = plain(m[2])
	}
	return all
})

// plain takes the marks of Markdown off a claim.
func plain(text string) string {
	text = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`).ReplaceAllString(text, "$1")
	text = strings.NewReplacer("*(ours", "(ours", ")*", ")", "*", "", "`", "", "|", "").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

// Claim returns the text of a numbered claim of docs/protocol.md without its
// marks, or nothing if there is none.
func Claim(number string) string { return claims()[number] }
