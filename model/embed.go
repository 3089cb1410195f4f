package model

import (
	"fmt"
	"strings"
)

const chartEnd = "<!-- end of chart -->\n"

// Embed returns text, docs/model-checking.md, with every chart between its
// marks drawn anew: "<!-- chart NAME -->" and "<!-- end of chart -->". It
// returns an error if a mark names no chart, or a chart has no mark.
func Embed(text string) (string, error) {
	charts, err := Charts()
	if err != nil {
		return "", err
	}
	for _, c := range charts {
		mark := "<!-- chart " + c.Name + " -->\n"
		before, rest, ok := strings.Cut(text, mark)
		_, after, okEnd := strings.Cut(rest, chartEnd)
		if !ok || !okEnd {
			return "", fmt.Errorf("model: no marks for the chart %s", c.Name)
		}
		text = before + mark + "```mermaid\n" + c.Mermaid + "```\n" + chartEnd + after
	}
	if marks := strings.Count(text, "<!-- chart "); marks != len(charts) {
		return "", fmt.Errorf("model: %d marks for %d charts", marks, len(charts))
	}
	return text, nil
}
