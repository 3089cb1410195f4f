package explore_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
)

// hall asks for a name, once.
var hall = (&fsm.Table{
	Role: "hall", Peer: "guest",
	Initial: "Ask", Terminal: []fsm.State{"In", "Out"}, Good: []fsm.State{"In"},
	Events: []fsm.Event{"asked", "known"},
	Activities: []fsm.Activity{
		fsm.In("Ask", fsm.Write, "who?\n", "asked"),
		fsm.In("Listen", fsm.Expect, "me\n", "known"),
	},
	Transitions: []fsm.Transition{
		fsm.On("Ask", "asked", "Listen"),
		fsm.On("Listen", "known", "In"),
	},
}).Else("Out")

// serve is somebody's server, which knows no table.
func serve(ctx context.Context, c net.Conn) {
	defer context.AfterFunc(ctx, func() { c.Close() })()
	io.WriteString(c, "who?\n")
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	name := make([]byte, 3)
	io.ReadFull(c, name) // waits for three bytes, whatever they are
}

// In a test: func TestHall(t *testing.T).
func ExampleCheck() {
	_ = func(t *testing.T) {
		counts := explore.Check(t, explore.Suite{
			Subject: explore.Serve(serve),
			Expect:  explore.Quiet(explore.Table(&hall, 5*time.Second, nil)),
			Alphabet: explore.Alphabet{
				explore.Text("name", "me\n"), explore.Text("wrong", "x"), explore.Silence("silence", 5*time.Second),
				{Name: "end", What: explore.End}, {Name: "reset", What: explore.Reset}, {Name: "stop", What: explore.Stop},
			},
			Session: "me\n",
		})
		t.Log(counts)
	}
}

// What a table says of a word.
func ExampleTable() {
	want := explore.Table(&hall, 5*time.Second, nil)
	for _, seen := range want.Expect(explore.Word{}.Then(explore.Text("half", "m"), explore.Silence("silence", 5*time.Second))) {
		fmt.Println(seen)
	}
	// Output:
	// [asked] "who?\n" said
	// [asked] "who?\n" said
	// [asked timedout] "who?\n" said, ended
}
