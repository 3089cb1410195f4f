package modelcheck

// Check explores sys once and decides every property. Edges are stored only if
// one of them is [Eventually] or [LeadsTo], whose search is linear in states
// and edges. It never stops early: the counts in the report are those of the
// whole system, or of the part up to the limit.
func Check[S comparable](sys System[S], limit Limit, props ...Property[S]) Report[S] {
	var watch watchers[S]
	keep := false
	found := make([]*finding[S], len(props))
	for i := range props {
		found[i] = watch.add(&props[i])
		keep = keep || props[i].liveness()
	}
	g, err := explore(sys, limit, keep, &watch)
	r := Report[S]{States: g.Len(), Edges: g.EdgeLen(), Depth: g.MaxDepth(), Bytes: g.Bytes(), Err: err}
	for i := range props {
		v := Verdict[S]{Property: props[i].Name, Kind: props[i].kind}
		for _, p := range props[i].premises {
			v.Premises = append(v.Premises, p.String())
		}
		switch {
		case props[i].liveness() && err == nil:
			v.Outcome, v.Trace = decideLive(g, &props[i])
		case props[i].kind != "" && !props[i].liveness():
			v.Outcome, v.Trace = decide(g, &props[i], found[i], err == nil)
		}
		if v.Trace != nil {
			v.Trace.Property, v.Trace.Kind, v.Trace.Outcome = v.Property, v.Kind, v.Outcome
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}

func decide[S comparable](g *Graph[S], p *Property[S], f *finding[S], complete bool) (Outcome, *Trace[S]) {
	var t *Trace[S]
	if f.found {
		t = g.Path(int(f.at))
		if p.step != nil {
			t.Stem = append(t.Stem, f.step)
		}
	}
	switch {
	case f.found && !p.reaches():
		return Violated, t
	case !complete:
		return Undecided, t
	case f.found == p.reaches():
		return Holds, t
	default:
		return Violated, nil
	}
}

func decideLive[S comparable](g *Graph[S], p *Property[S]) (Outcome, *Trace[S]) {
	begin := func(id uint32) bool { return p.from(g.states[id]) }
	if p.kind == KindEventually {
		begin = func(id uint32) bool { return g.parent[id] == none }
	}
	if t := fairRun(g, begin, func(s S) bool { return !p.goal(s) }, p.premises); t != nil {
		return Violated, t
	}
	if fairRun(g, begin, func(S) bool { return true }, p.premises) == nil {
		return Vacuous, nil
	}
	return Holds, nil
}
