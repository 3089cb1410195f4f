package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

const toldHelp = `told does something on 0.0.0.0:<PORT>, and more.

usage: told [flags] <PORT> <FILE>

%s
exit status: 0
`

// told asks a program with some flags of each kind.
func told(t *testing.T, args ...string) string {
	t.Helper()
	flags := pflag.NewFlagSet("told", pflag.ContinueOnError)
	flags.SortFlags = false
	var word string
	n, limit := 0, Limit(0)
	Choice(flags, &word, "format", "what it looks like", "text", "json")
	Count(flags, &n, "number", "n", "so many", "max")
	flags.Var(&limit, "limit", "how long")
	flags.String("trace", "", "write to `FILE`")
	flags.String("out", "results", "write to `DIR`")
	flags.String("as", "", "also as `FORMAT=FILE`")
	Formats(flags, "as", "html", "json")
	flags.String("control", "", "open `PATH`")
	flags.Bool("secret", false, "")
	flags.MarkHidden("secret")
	_, text, err := ParseOrTell(flags, args, "told", toldHelp)
	if err != nil {
		t.Errorf("%q: %v", args, err)
	}
	return text
}

// What a program says of itself is what its help says.
func TestDescribe(t *testing.T) {
	var d Description
	if err := json.Unmarshal([]byte(told(t, DescribeWord)), &d); err != nil {
		t.Fatal(err)
	}
	if d.Name != "told" || d.Short != "does something on 0.0.0.0:<PORT>" || strings.Contains(d.Help, "%") || !strings.Contains(d.Help, "\nexit status: 0\n") {
		t.Errorf("%+v", d)
	}
	help := told(t, "--help")
	for _, f := range d.Flags {
		if !strings.Contains(help, "--"+f.Name+" "+f.Value) || !strings.Contains(help, f.Usage) {
			t.Errorf("not in the help: %+v", f)
		}
		if (f.Default != "") != strings.Contains(help, "(default "+f.Default+")") && f.Default != "results" {
			t.Errorf("the default of %+v is not in\n%s", f, help)
		}
	}
	if got, want := len(d.Flags), strings.Count(help, " --"); got != want || want != 9 {
		t.Errorf("%d flags, and %d in the help", got, want)
	}
}

func TestComplete(t *testing.T) {
	for line, want := range map[string]string{
		"":                  ":4", // a port
		"5000 ":             ":0",
		"5000 x ":           ":4",
		"-n 1 5000 ":        ":0",
		"-- -n ":            ":0",
		"--format ":         "text json :4",
		"--format=":         "text json :4",
		"--format=j":        "json :4",
		"--format t":        "text :4",
		"--number ":         "max :4",
		"-n ":               "max :4",
		"--limit ":          ":4",
		"--trace ":          ":0",
		"--trace=a":         ":0",
		"--out ":            ":16",
		"--as ":             "html= json= :6",
		"--as j":            "json= :6",
		"--as=json=":        ":0",
		"--control ":        ":0",
		"--f":               "--format :4",
		"--secret=":         ":4",
		"--s":               ":4",
		"--version --v":     ":4",
		"--unknown --o":     "--out :4",
		"-":                 "--format --number -n --limit --trace --out --as --control --version --help -h :4",
		"-n 2 -":            "--format --limit --trace --out --as --control --version --help -h :4",
		"-- --":             ":4",
		"-- 5000 --f":       ":0",
		"--trace x --n":     "--number :4",
		"- --trace=x --tra": ":4",
	} {
		text := told(t, append([]string{CompleteWord}, strings.Split(line, " ")...)...)
		var got []string
		for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			word, about, _ := strings.Cut(l, "\t")
			if strings.HasPrefix(word, "-") && about == "" {
				t.Errorf("%q: nothing about %s", line, word)
			}
			got = append(got, word)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if text := told(t, CompleteWord); text != ":4\n" {
		t.Errorf("no words: %q", text)
	}
}
