package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"accio/trace"
)

// runs are those that several traces tell of, each of which may be in parts.
type runs []*filedRun

// filedRun is a run of a server, and the files that it is in.
type filedRun struct {
	trace.Part
	files []string
	parts []trace.Numbers // of each file
	twice []string        // what is in two of them
}

// add adds what a file has. A run without a line of its own is none of the others.
func (r *runs) add(file string, parts []trace.Part) {
	for _, p := range parts {
		i := slices.IndexFunc(*r, func(f *filedRun) bool { return p.Run != "" && f.Run == p.Run && f.Instance == p.Instance })
		if i < 0 {
			i = len(*r)
			*r = append(*r, &filedRun{Part: trace.Part{Run: p.Run, Instance: p.Instance}})
		}
		(*r)[i].add(file, p)
	}
}

func (f *filedRun) add(file string, p trace.Part) {
	for i, other := range f.parts {
		if common, ok := other.Both(p.Numbers); ok {
			f.twice = append(f.twice, fmt.Sprintf("%s: number: %s of %s; allowed: none that is in %s", file, trace.Ranged(common), &f.Part, f.files[i]))
			return
		}
	}
	f.files, f.parts = append(f.files, file), append(f.parts, p.Numbers)
	f.Connected += p.Connected
	f.Numbers = f.Numbers.With(p.Numbers)
}

// tell says what is in two files, what the files lack of a run that is in several, and how
// much each instance has. It returns how many violations there are.
func (r runs) tell(out io.Writer) (violations int) {
	connected, named, unknown := map[string]int{}, false, false
	for _, f := range r {
		unknown = unknown || f.Run == ""
	}
	slices.SortStableFunc(r, func(a, b *filedRun) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Run, b.Run))
	})
	for _, f := range r {
		for _, line := range f.twice {
			violations++
			fmt.Fprintln(out, line)
		}
		if missing := f.Numbers.Without(); len(f.files) > 1 && len(missing) > 0 && !unknown {
			fmt.Fprintf(out, "%s: none of these files has %s of %s\n", f.files[0], trace.Ranged(missing[0]), &f.Part)
		}
		connected[f.Instance] += f.Connected
		named = named || f.Instance != ""
	}
	if !named {
		return violations
	}
	sum := 0
	for _, f := range r {
		n, first := connected[f.Instance]
		if !first {
			continue
		}
		delete(connected, f.Instance)
		sum += n
		name := "without a name"
		if f.Instance != "" {
			name = f.Instance
		}
		fmt.Fprintf(out, "instance %s: %s\n", name, several(n, "connection"))
	}
	fmt.Fprintf(out, "all instances: %s\n", several(sum, "connection"))
	return violations
}
