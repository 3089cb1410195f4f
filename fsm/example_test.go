package fsm_test

import (
	"errors"
	"fmt"

	"accio/fsm"
)

// door asks who knocks. Whatever is not said leads to Shut.
var door = (&fsm.Table{
	Role: "door", Peer: "guest",
	Initial: "Ask", Terminal: []fsm.State{"Open", "Shut"}, Good: []fsm.State{"Open"},
	Events: []fsm.Event{"asked", "known"},
	Activities: []fsm.Activity{
		fsm.In("Ask", fsm.Write, "who?\n", "asked"),
		fsm.In("Listen", fsm.Expect, "me\n", "known"),
	},
	Transitions: []fsm.Transition{
		fsm.On("Ask", "asked", "Listen"),
		fsm.On("Listen", "known", "Open"),
	},
}).Else("Shut")

func Example() {
	machine := fsm.NewMachine(&door, func(from fsm.State, event fsm.Event, to fsm.State) {
		fmt.Printf("%s -- %s --> %s\n", from, event, to)
	})
	for _, event := range []fsm.Event{"asked", fsm.Mismatched} {
		fmt.Printf("in %s: %s %q\n", machine.State(), machine.Activity().Action, machine.Activity().Text)
		if err := machine.Fire(event); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("over:", machine.Terminal(), "good:", door.IsGood(machine.State()))

	err := machine.Fire("known")
	illegal, ok := errors.AsType[*fsm.IllegalEventError](err)
	fmt.Println(ok, illegal.State, len(illegal.Possible))
	// Output:
	// in Ask: write "who?\n"
	// Ask -- asked --> Listen
	// in Listen: expect "me\n"
	// Listen -- mismatched --> Shut
	// over: true good: false
	// true Shut 0
}

// What the loop could not run is refused, all of it at once.
func ExampleTable_Validate() {
	broken := door.Clone()
	broken.Activities[1].Text = ""
	broken.Transitions = broken.Transitions[1:]
	err := broken.Validate()
	fmt.Println(errors.Is(err, fsm.ErrText), errors.Is(err, fsm.ErrOutcome), errors.Is(err, fsm.ErrGood))
	// Output: true true false
}

func ExampleTable_Else() {
	fmt.Println(door.Possible("Ask"))
	to, ok := door.Next("Listen", fsm.TimedOut)
	fmt.Println(to, ok)
	// Output:
	// [asked timedout failed shutdown]
	// Shut true
}
