package diagram_test

import (
	"fmt"

	"accio/diagram"
	"accio/fsm"
)

// bell rings once.
var bell = (&fsm.Table{
	Role: "bell", Peer: "ear", Initial: "Ring", Terminal: []fsm.State{"Heard", "Lost"}, Good: []fsm.State{"Heard"},
	Events:      []fsm.Event{"rung"},
	Activities:  []fsm.Activity{fsm.In("Ring", fsm.Write, "ding\n", "rung")},
	Transitions: []fsm.Transition{fsm.On("Ring", "rung", "Heard")},
}).Else("Lost")

func ExampleMermaid() {
	fmt.Print(diagram.Mermaid(&bell))
	// Output:
	// stateDiagram-v2
	//     classDef good stroke-width:2px
	//     classDef bad stroke-dasharray:6 4
	//     Ring : Ring
	//     Ring : write ding#92;n
	//     Heard : Heard
	//     Lost : Lost
	//     [*] --> Ring
	//     Ring --> Heard : <b>rung</b>
	//     Ring --> Lost : timedout<br/>failed<br/>shutdown
	//     Heard --> [*]
	//     Lost --> [*]
	//     class Ring,Heard good
	//     class Lost bad
}

func ExampleSequence() {
	run, err := diagram.GoodRun(&bell)
	if err != nil {
		fmt.Println(err)
		return
	}
	chart, err := diagram.Sequence(&bell, run...)
	fmt.Print(chart, err)
	// Output:
	// sequenceDiagram
	//     participant own as bell
	//     participant peer as ear
	//     Note over own: Ring
	//     own->>peer: ding#92;n
	//     Note over own: rung<br/>→ Heard
	// <nil>
}
