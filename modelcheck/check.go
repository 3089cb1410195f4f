package modelcheck

import "context"

// Check explores sys once and decides every property. Edges are stored only if
// one of them is [Eventually] or [LeadsTo], whose search is linear in states
// and edges. It never stops early: the counts in the report are those of the
// whole system, or of the part up to the limit. [CheckContext] can be stopped.
func Check[S comparable](sys System[S], limit Limit, props ...Property[S]) Report[S] {
	return CheckContext(context.Background(), sys, Options{Limit: limit}, props...)
}

// CheckContext is [Check] with options. If ctx is done before the end, the
// cause is in the report, and what was not decided is [Undecided].
func CheckContext[S comparable](ctx context.Context, sys System[S], opts Options, props ...Property[S]) Report[S] {
	var watch watchers[S]
	keep := false
	found := make([]*finding[S], len(props))
	for i := range props {
		found[i] = watch.add(&props[i])
		keep = keep || props[i].liveness()
	}
	g, err := explore(ctx, sys, opts, keep, &watch)
	r := Report[S]{States: g.Len(), Edges: g.EdgeLen(), Depth: g.MaxDepth(), Bytes: g.Bytes(), Err: err}
	for i := range props {
		v := verdict(&props[i])
		switch {
		case v.Kind == "":
		case !props[i].liveness():
			v.Outcome, v.Trace = decide(g, &props[i], found[i], err == nil)
		case r.Err == nil && opts.First && watch.violated:
			r.Err = ErrStopped
		case r.Err == nil:
			v.Outcome, v.Trace, r.Err = decideLive(ctx, g, &props[i])
			watch.violated = watch.violated || v.Outcome == Violated
		}
		if v.Trace != nil {
			v.Trace.Property, v.Trace.Kind, v.Trace.Outcome = v.Property, v.Kind, v.Outcome
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}

// verdict is what a property has before it is decided.
func verdict[S comparable](p *Property[S]) Verdict[S] {
	v := Verdict[S]{Property: p.Name, Kind: p.kind}
	for _, premise := range p.premises {
		v.Premises = append(v.Premises, premise.String())
	}
	return v
}

func decide[S comparable](g *Graph[S], p *Property[S], f *finding[S], complete bool) (Outcome, *Trace[S]) {
	var t *Trace[S]
	if f.found {
		t = g.Path(int(f.at))
		if p.step != nil {
			t.Stem = append(t.Stem, g.liftStep(t.last(), g.sys.represent(f.step.To), p.step))
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

func decideLive[S comparable](ctx context.Context, g *Graph[S], p *Property[S]) (Outcome, *Trace[S], error) {
	begin := func(id uint32) bool { return p.from(g.states[id]) }
	if p.kind == KindEventually {
		begin = func(id uint32) bool { return g.parent[id] == none }
	}
	if t, _ := fairRun(ctx, g, begin, func(s S) bool { return !p.goal(s) }, p.premises); t != nil {
		return Violated, t, nil
	}
	t, err := fairRun(ctx, g, begin, func(S) bool { return true }, p.premises)
	switch {
	case err != nil:
		return Undecided, nil, err
	case t == nil:
		return Vacuous, nil, nil
	}
	return Holds, nil, nil
}
