package model_test

import (
	"fmt"

	"accio/fsm"
	"accio/model"
	"accio/modelcheck"
)

// A door that opens to whoever says something else than it wants to hear.
func ExampleAlone() {
	door := (&fsm.Table{
		Role: "door", Peer: "guest",
		Initial: "Listen", Terminal: []fsm.State{"Open", "Shut"}, Good: []fsm.State{"Open"},
		Events:      []fsm.Event{"known"},
		Activities:  []fsm.Activity{fsm.In("Listen", fsm.Expect, "me\n", "known")},
		Transitions: []fsm.Transition{fsm.On("Listen", "known", "Open"), fsm.On("Listen", fsm.Mismatched, "Open")},
	}).Else("Shut")
	studies, err := model.Alone(&door)
	if err != nil {
		fmt.Println(err)
		return
	}
	report := studies[0].Run(modelcheck.Limit{})
	for _, i := range studies[0].Unexpected(report)[:1] {
		fmt.Print(report.Verdicts[i].Trace)
	}
	// Output:
	// VIOLATED: a good end comes by an activity that ended as it should, and by nothing else
	//    0.                     state=Listen
	//    1. client sends "e\n"  state=Listen in0="e\n"
	//    2. reads a wrong byte  state=Open from=Listen event=mismatched lines=1
}

// Every mutant of a table has one cell changed.
func ExampleMutants() {
	lamp := (&fsm.Table{
		Role: "lamp", Peer: "eye", Initial: "Blink", Terminal: []fsm.State{"Seen", "Lost"}, Good: []fsm.State{"Seen"},
		Events:      []fsm.Event{"shown"},
		Activities:  []fsm.Activity{fsm.In("Blink", fsm.Write, "*", "shown")},
		Transitions: []fsm.Transition{fsm.On("Blink", "shown", "Seen")},
	}).Else("Lost")
	mutants := model.Mutants(&lamp)
	fmt.Println(len(mutants))
	for _, m := range mutants[:3] {
		fmt.Println(m.Name)
	}
	// Output:
	// 36
	// delete Blink on shown to Seen
	// delete Blink on timedout to Lost
	// delete Blink on failed to Lost
}
