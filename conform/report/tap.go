package report

import (
	"fmt"
	"io"
	"strings"

	"accio/conform"
)

// TAP writes the report in version 14 of the Test Anything Protocol
// (testanything.org).
func TAP(w io.Writer, r *conform.Report) error {
	p := &printer{w: w}
	p.printf("TAP version 14\n1..%d\n", len(r.Cases))
	for i, c := range r.Cases {
		ok := "ok"
		if !c.Verdict.Good() && c.Verdict != conform.Skip && c.Verdict != conform.XPass {
			ok = "not ok"
		}
		directive := ""
		switch c.Verdict {
		case conform.Skip:
			directive = " # SKIP " + c.Reason
		case conform.XFail, conform.XPass:
			directive = " # TODO expected to fail"
		}
		p.printf("%s %d - %s%s\n", ok, i+1, tapEscape(c.ID+" "+c.Title), directive)
		if c.Verdict == conform.Pass || c.Verdict == conform.Skip {
			continue
		}
		p.printf("  ---\n  verdict: %s\n", c.Verdict)
		for _, l := range lines(c) {
			p.printf("  %s: %q\n", l[0], l[1])
		}
		if len(c.Transcript) > 0 {
			p.printf("  transcript: |\n")
			for _, line := range c.Transcript {
				p.printf("    %s\n", strings.TrimLeft(line, " "))
			}
		}
		p.printf("  ...\n")
	}
	if r.Partial != "" {
		p.printf("Bail out! %s\n", r.Partial)
	}
	p.printf("# %s\n", strings.ReplaceAll(fmt.Sprint(summary(r)), "\n", "\n# "))
	return p.err
}

var tapEscape = strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace
