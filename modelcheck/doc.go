// Package modelcheck visits every state that a system can reach and decides
// properties of its states, steps and runs. It is general: a state is any
// comparable type, the system a function from a state to its steps.
//
// Two jugs hold 3 and 5 litres. Can one measure 4? Claim that one cannot; the
// counterexample is the way to do it, and no way is shorter (the package
// example prints it):
//
//	step := func(label string, small, big int) modelcheck.Step[jugs] {
//		return modelcheck.Step[jugs]{Label: label, To: jugs{small, big}}
//	}
//	sys := modelcheck.System[jugs]{Initial: []jugs{{0, 0}}, Next: func(j jugs) []modelcheck.Step[jugs] {
//		up, down := min(j.small, 5-j.big), min(j.big, 3-j.small)
//		return []modelcheck.Step[jugs]{
//			step("fill small", 3, j.big), step("empty small", 0, j.big), step("pour small into big", j.small-up, j.big+up),
//			step("fill big", j.small, 5), step("empty big", j.small, 0), step("pour big into small", j.small+down, j.big-down),
//		}
//	}}
//	never4 := modelcheck.Always("the big jug never holds 4 litres", func(j jugs) bool { return j.big != 4 })
//	fmt.Print(modelcheck.Check(sys, modelcheck.Limit{}, never4).Verdicts[0].Trace)
//
// A run begins in an initial state and goes on for ever or until a state that
// has no step. [Always], [StepAlways] and [NoDeadlock] say what no run does,
// [Sometimes] and [SometimesStep] what some run does, [Eventually] and
// [LeadsTo] what every run does at last. The last two speak of all runs unless
// a [Premise] leaves some out.
//
// A system of equal parts is explored up to their renaming if it has a
// canonical form ([System]). [CheckContext] can be cancelled, tells how far it
// is, and stops at the first violation if [Options] say so.
//
// What was not decided never passes: a [Limit] that was hit leaves every
// property without a counterexample [Undecided], and a liveness property about
// no run at all is [Vacuous].
package modelcheck
