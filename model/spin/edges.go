package spin

import (
	"fmt"
	"strconv"
	"strings"

	"accio/model/guarded"
	"accio/modelcheck"
)

// Edges returns every labelled step that SPIN takes from a reachable state.
func (s *Session) Edges(p *guarded.Program) (map[modelcheck.Edge[guarded.State]]bool, error) {
	edges := map[modelcheck.Edge[guarded.State]]bool{}
	var rest strings.Builder
	var bad error
	err := s.run(steps, p, nil, func(line string) {
		text, ok := strings.CutPrefix(line, "T ")
		if !ok {
			rest.WriteString(line + "\n")
			return
		}
		edge, err := parse(p, text)
		if err != nil {
			bad = err
		}
		edges[edge] = true
	})
	if err == nil {
		err = bad
	}
	if err == nil {
		var n int
		if n, err = Errors(rest.String()); n > 0 {
			err = fmt.Errorf("spin: %d errors while listing steps:\n%s", n, &rest)
		}
	}
	return edges, err
}

// parse reads a step as guarded.Program.Promela prints it: the rule, the
// state, the next state.
func parse(p *guarded.Program, text string) (modelcheck.Edge[guarded.State], error) {
	var edge modelcheck.Edge[guarded.State]
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return edge, fmt.Errorf("spin: not a step: %q", text)
	}
	rule, err := strconv.Atoi(fields[0])
	if err != nil || rule < 0 || rule >= len(p.Rules) {
		return edge, fmt.Errorf("spin: no such rule: %q", text)
	}
	edge.Label = p.Rules[rule].Label
	for i, state := range []*guarded.State{&edge.From, &edge.To} {
		values := strings.Split(fields[i+1], ",")
		if len(values) != len(p.Vars) {
			return edge, fmt.Errorf("spin: %d values of %d variables: %q", len(values), len(p.Vars), text)
		}
		for v, value := range values {
			n, err := strconv.ParseUint(value, 10, 8)
			if err != nil {
				return edge, fmt.Errorf("spin: %w in %q", err, text)
			}
			p.Vars[v].Put(state, uint8(n))
		}
	}
	return edge, nil
}
