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
	trace.Part // all of it; a connection that is in two files is one
	files      []filed
}

// filed is what a file has of a run.
type filed struct {
	name    string
	numbers trace.Numbers
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
	f.files = append(f.files, filed{file, p.Numbers})
	f.Numbers = f.Numbers.With(p.Numbers)
	f.Connected = f.Numbers.Count()
}

// twice returns what is in two files, each with a line about the one whose name is the
// later one, so that the order in which they were given is none.
func (f *filedRun) twice() (lines []string, wrong []string) {
	slices.SortStableFunc(f.files, func(a, b filed) int { return cmp.Compare(a.name, b.name) })
	for i, file := range f.files {
		for _, other := range f.files[:i] {
			if common, ok := other.numbers.Both(file.numbers); ok {
				lines = append(lines, fmt.Sprintf("%s: number: %s of %s; allowed: none that is in %s", file.name, ranged(common), &f.Part, other.name))
				wrong = append(wrong, file.name)
			}
		}
	}
	return lines, wrong
}

// tell says what is in two files, what the files lack of a run that is in several, and how
// much each instance has. It returns a file for each violation.
func (r runs) tell(out io.Writer) (wrong []string) {
	unknown := slices.ContainsFunc(r, func(f *filedRun) bool { return f.Run == "" })
	slices.SortStableFunc(r, func(a, b *filedRun) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Run, b.Run))
	})
	for _, f := range r {
		lines, files := f.twice()
		for _, line := range lines {
			fmt.Fprintln(out, line)
		}
		wrong = append(wrong, files...)
		if missing := f.Numbers.Without(); len(f.files) > 1 && len(missing) > 0 && !unknown {
			fmt.Fprintf(out, "%s: none of these files has %s of %s\n", f.files[0].name, ranged(missing[0]), &f.Part)
		}
	}
	if len(r) > 0 && r[len(r)-1].Instance != "" { // the names come last
		r.count(out)
	}
	return wrong
}

// count says how many connections each instance has.
func (r runs) count(out io.Writer) {
	n, all := 0, 0
	for i, f := range r {
		n += f.Connected
		if i+1 < len(r) && r[i+1].Instance == f.Instance {
			continue
		}
		fmt.Fprintf(out, "instance %s: %s\n", cmp.Or(f.Instance, "without a name"), several(n, "connection"))
		all += n
		n = 0
	}
	fmt.Fprintf(out, "all instances: %s\n", several(all, "connection"))
}

// ranged is a range of connections in words.
func ranged(r [2]uint64) string {
	if r[0] == r[1] {
		return fmt.Sprintf("connection %d", r[0])
	}
	return fmt.Sprintf("connections %d to %d", r[0], r[1])
}
