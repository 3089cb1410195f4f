package diagram

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"

	"accio/fsm"
)

// Draw returns the picture of the table; it needs Graphviz's dot.
func Draw(t *fsm.Table) (string, error) {
	dot := exec.Command("dot", "-Tsvg")
	dot.Stdin = strings.NewReader(DOT(t))
	var complaint bytes.Buffer
	dot.Stderr = &complaint
	drawn, err := dot.Output()
	if err != nil {
		return "", fmt.Errorf("dot (Graphviz) failed: %w %s", err, &complaint)
	}
	if complaint.Len() > 0 {
		return "", fmt.Errorf("dot (Graphviz) complains: %s", &complaint)
	}
	return SVG(t, drawn)
}
