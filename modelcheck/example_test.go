package modelcheck_test

import (
	"fmt"
	"slices"

	"accio/modelcheck"
)

type jugs struct{ small, big int }

func (j jugs) String() string { return fmt.Sprintf("%d of 3, %d of 5", j.small, j.big) }

func Example() {
	step := func(label string, small, big int) modelcheck.Step[jugs] {
		return modelcheck.Step[jugs]{Label: label, To: jugs{small, big}}
	}
	sys := modelcheck.System[jugs]{Initial: []jugs{{0, 0}}, Next: func(j jugs) []modelcheck.Step[jugs] {
		up, down := min(j.small, 5-j.big), min(j.big, 3-j.small)
		return []modelcheck.Step[jugs]{
			step("fill small", 3, j.big), step("empty small", 0, j.big), step("pour small into big", j.small-up, j.big+up),
			step("fill big", j.small, 5), step("empty big", j.small, 0), step("pour big into small", j.small+down, j.big-down),
		}
	}}
	never4 := modelcheck.Always("the big jug never holds 4 litres", func(j jugs) bool { return j.big != 4 })
	fmt.Print(modelcheck.Check(sys, modelcheck.Limit{}, never4).Verdicts[0].Trace)
	// Output:
	// VIOLATED: the big jug never holds 4 litres
	//    0.                      0 of 3, 0 of 5
	//    1. fill big             0 of 3, 5 of 5
	//    2. pour big into small  3 of 3, 2 of 5
	//    3. empty small          0 of 3, 2 of 5
	//    4. pour big into small  2 of 3, 0 of 5
	//    5. fill big             2 of 3, 5 of 5
	//    6. pour big into small  3 of 3, 4 of 5
}

// door is a revolving door that two people share: what each does.
type door [2]string

func doors() modelcheck.System[door] {
	return modelcheck.System[door]{
		Initial: []door{{"out", "out"}},
		Next: func(d door) []modelcheck.Step[door] {
			var steps []modelcheck.Step[door]
			for i, name := range []string{"Ann", "Bob"} {
				act := func(what, then string) {
					to := d
					to[i] = then
					steps = append(steps, modelcheck.Step[door]{Label: name + " " + what, To: to})
				}
				switch {
				case d[i] == "out":
					act("asks", "waits")
				case d[i] == "waits" && d[1-i] != "in":
					act("enters", "in")
				case d[i] == "in":
					act("leaves", "out")
				}
			}
			return steps
		},
	}
}

// Without a premise nobody has to enter: the others may go on for ever. Nor is
// weak fairness enough, as Ann cannot enter at every moment of the loop. That she
// can again and again is enough for strong fairness.
func ExampleLeadsTo() {
	waits := func(d door) bool { return d[0] == "waits" }
	enters := func(d door) bool { return d[0] == "in" }
	report := modelcheck.Check(doors(), modelcheck.Limit{},
		modelcheck.Always("they are never in together", func(d door) bool { return d != door{"in", "in"} }),
		modelcheck.Sometimes("both wait", func(d door) bool { return d == door{"waits", "waits"} }),
		modelcheck.LeadsTo("if Ann waits she enters", waits, enters),
		modelcheck.LeadsTo("if Ann waits she enters", waits, enters,
			modelcheck.WeaklyFair("Ann enters", modelcheck.Labelled[door]("Ann enters"))),
		modelcheck.LeadsTo("if Ann waits she enters", waits, enters,
			modelcheck.WeaklyFair("Ann enters", modelcheck.Labelled[door]("Ann enters")),
			modelcheck.Unless("Bob enters", modelcheck.Labelled[door]("Bob enters"))),
		modelcheck.LeadsTo("if Ann waits she enters", waits, enters,
			modelcheck.StronglyFair("Ann enters", modelcheck.Labelled[door]("Ann enters"))),
	)
	fmt.Print(report)
	fmt.Print(report.Verdicts[3].Trace)
	// Output:
	// 8 states, 14 edges, depth 3
	// verdict   kind       steps  property
	// holds     always     -      they are never in together
	// holds     sometimes  2      both wait
	// VIOLATED  leads to   1+3    if Ann waits she enters
	// VIOLATED  leads to   1+3    if Ann waits she enters (weakly fair: Ann enters)
	// holds     leads to   -      if Ann waits she enters (weakly fair: Ann enters; unless infinitely often: Bob enters)
	// holds     leads to   -      if Ann waits she enters (strongly fair: Ann enters)
	// VIOLATED: if Ann waits she enters
	//    0.             [out out]
	//    1. Ann asks    [waits out]
	//       the goal is missing from here on
	//       these steps repeat for ever:
	//    2. Bob asks    [waits waits]
	//    3. Bob enters  [waits in]
	//    4. Bob leaves  [waits out]
	//       back in the state of line 1
}

// Who is Ann and who is Bob makes no difference to a door: one state stands for
// both. The trace is still one of Ann and Bob.
func ExampleSystem_canonical() {
	sys := doors()
	sys.Canonical = func(d door) door {
		slices.Sort(d[:])
		return d
	}
	never := modelcheck.Always("nobody is in while another waits", func(d door) bool {
		return d != door{"in", "waits"} && d != door{"waits", "in"}
	})
	fmt.Println(modelcheck.CheckSymmetry(sys, modelcheck.Limit{}, never))
	report := modelcheck.Check(sys, modelcheck.Limit{}, never)
	fmt.Printf("%d states of %d\n%v", report.States, modelcheck.Check(doors(), modelcheck.Limit{}).States, report.Verdicts[0].Trace)
	// Output:
	// <nil>
	// 5 states of 8
	// VIOLATED: nobody is in while another waits
	//    0.             [out out]
	//    1. Ann asks    [waits out]
	//    2. Bob asks    [waits waits]
	//    3. Ann enters  [in waits]
}

func ExampleTrace_Mermaid() {
	report := modelcheck.Check(doors(), modelcheck.Limit{}, modelcheck.Eventually("Ann enters", func(d door) bool { return d[0] == "in" }))
	fmt.Print(report.Verdicts[0].Trace.Mermaid(func(_ door, label string, _ door) modelcheck.Message {
		var who, what string
		fmt.Sscan(label, &who, &what)
		if what == "asks" {
			return modelcheck.Message{From: who, Text: "asks"}
		}
		return modelcheck.Message{From: who, To: "door", Text: what}
	}))
	// Output:
	// sequenceDiagram
	//     title Ann enters
	//     participant p0 as Bob
	//     participant p1 as door
	//     loop for ever
	//         Note over p0: asks
	//         p0->>p1: enters
	//         p0->>p1: leaves
	//     end
}
