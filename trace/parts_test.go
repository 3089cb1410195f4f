package trace

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/protocol"
)

// Numbers are a set, whatever the order in which they come.
func TestNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 7))
	for range 2000 {
		var n, m Numbers
		in, also := map[uint64]bool{}, map[uint64]bool{}
		for range random.IntN(20) {
			number := 1 + random.Uint64N(15)
			n.add(number)
			in[number] = true
		}
		for range random.IntN(5) {
			number := 1 + random.Uint64N(30)
			m.add(number)
			also[number] = true
		}
		common, highest := uint64(0), uint64(0)
		for number := uint64(30); number > 0; number-- {
			if in[number] && also[number] {
				common = number
			}
			if in[number] {
				highest = max(highest, number)
			}
		}
		for number := uint64(1); number <= 30; number++ {
			if n.has(number) != in[number] || n.Without().has(number) != (number < highest && !in[number]) {
				t.Fatalf("%v of %v, without %v", n, in, n.Without())
			}
		}
		for _, some := range []Numbers{n, n.Without(), n.With(m)} {
			for i, r := range some {
				if r[0] < 1 || r[0] > r[1] || i > 0 && r[0] <= some[i-1][1]+1 {
					t.Fatalf("%v are not the fewest ranges; of %v and %v", some, n, m)
				}
			}
		}
		both, ok := n.Both(m)
		if ok != (common > 0) || ok && both[0] != common {
			t.Fatalf("%v and %v have %v in common, %v", n, m, both, ok)
		}
		all, count := n.With(m), 0
		for number := uint64(1); number <= 30; number++ {
			if all.has(number) != (in[number] || also[number]) {
				t.Fatalf("%v with %v are %v", n, m, all)
			}
			if all.has(number) {
				count++
			}
		}
		if all.Count() != count {
			t.Fatalf("%v are %d, wanted %d", all, all.Count(), count)
		}
	}
}

func (n Numbers) has(number uint64) bool {
	return slices.ContainsFunc(n, func(r [2]uint64) bool { return r[0] <= number && number <= r[1] })
}

// A file tells of which runs of which instance it has what.
func TestPartsOfAFile(t *testing.T) {
	var out bytes.Buffer
	for _, instance := range []string{"", "a.1"} {
		e := NewEncoder(&out)
		e.Places(2)
		e.Instance(instance)
		for _, c := range []uint64{2, 1, 3} {
			e.Transition(Transition{Connection: c, From: protocol.SendAccio1, Event: fsm.Failed, To: protocol.Error})
			if err := e.End(End{Connection: c, Result: ErrorResult}); err != nil {
				t.Fatal(err)
			}
		}
	}
	report, err := Check(strings.NewReader(out.String()), &protocol.Server)
	if err != nil || len(report.Violations) > 0 || len(report.Parts) != 2 || report.Runs != 2 {
		t.Fatalf("%+v, %v\n%s", report, err, &out)
	}
	for i, p := range report.Parts {
		want := fmt.Sprintf("the run of %s", p.Run)
		if i == 1 {
			want += " of instance a.1"
		}
		if p.Run == "" || p.String() != want || p.Connected != 3 || fmt.Sprint(p.Numbers) != "[[1 3]]" {
			t.Errorf("%+v, %s", p, &p)
		}
	}
}

// A violation says in whose run it is, and of which connection.
func TestViolationsHaveTheInstance(t *testing.T) {
	run := func(instance string) string {
		return `{"run":"2026-11-22T12:00:00Z","instance":"` + instance + `"}` + "\n"
	}
	report := check(t, run("a")+stopped(1)+run("b")+"x\n"+stopped(7))
	var all []string
	for _, v := range report.Violations {
		all = append(all, v.String())
	}
	want := []string{"instance b: json: ", "connection 7 of instance b: number: "}
	if len(all) != len(want) || !strings.HasPrefix(all[0], want[0]) || !strings.HasPrefix(all[1], want[1]) {
		t.Errorf("%q, want %q", all, want)
	}
	for _, v := range check(t, stopped(7)).Violations {
		if v.Instance != "" || !strings.HasPrefix(v.String(), "number: ") {
			t.Errorf("%+v", v)
		}
	}
	if report := check(t, run("c")+stopped(7)); report.Violations[0].Instance != "c" {
		t.Errorf("%+v", report.Violations)
	}
}

// No name is said of an instance without one.
func TestNoInstanceSaysNothing(t *testing.T) {
	var w writes
	e := NewEncoder(&w)
	e.Instance("")
	e.End(End{Connection: 1, Result: ErrorResult})
	if len(w.calls) != 1 || strings.Contains(w.calls[0], "run") {
		t.Errorf("%q", w.calls)
	}
}

// The name of an instance is there, or is no name.
func TestAnInstanceHasAName(t *testing.T) {
	for name, right := range map[string]bool{``: false, `a b`: false, `\u001b[2J`: false, `a\n`: false, strings.Repeat(`x`, 65): false, strings.Repeat(`x`, 64): true, `Rack1_-.9`: true} {
		report := check(t, `{"run":"2026-11-22T12:00:00Z","instance":"`+name+`"}`+"\n"+good)
		if right != (len(report.Violations) == 0) || !right && report.Violations[0].Rule != RuleFields {
			t.Errorf("%q: %+v", name, report.Violations)
		}
	}
}
