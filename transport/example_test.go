package transport_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"accio/fsm"
	"accio/transport"
)

// greeter has an action of its own: it reads a line and answers it.
var greeter = (&fsm.Table{
	Role: "greeter", Peer: "guest",
	Initial: "Ask", Terminal: []fsm.State{"Greeted", "Left"}, Good: []fsm.State{"Greeted"},
	Events: []fsm.Event{"asked", "answered"},
	Activities: []fsm.Activity{
		fsm.In("Ask", fsm.Write, "who?\n", "asked"),
		fsm.In("Answer", "answer", "", "answered"),
	},
	Transitions: []fsm.Transition{
		fsm.On("Ask", "asked", "Answer"),
		fsm.On("Answer", "answered", "Greeted"),
	},
	Own: []fsm.Own{{Action: "answer", Events: []fsm.Event{fsm.Mismatched, fsm.Closed}}},
}).Else("Left")

// answer leaves time, shutdown and lost connections to the Stream.
func answer(s *transport.Stream, _ fsm.Activity) fsm.Event {
	line, ended := s.Line(80)
	if ended != "" {
		return ended
	}
	s.Count(len(line))
	return s.Write(fmt.Appendf(nil, "hello, %s", line))
}

func ExampleServer() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &transport.Server{
		Table: &greeter,
		Do:    map[fsm.Action]transport.Do{"answer": answer},
		Result: func(r transport.Result) error {
			fmt.Println(r.State, r.Bytes)
			stop()
			return nil
		},
	}
	go func() {
		guest, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", ln.Addr().Port()))
		if err != nil {
			return
		}
		defer guest.Close()
		io.WriteString(guest, "Ann\n")
		io.Copy(io.Discard, guest)
	}()
	fmt.Println(server.Serve(ctx, ln))
	// Output:
	// Greeted 4
	// <nil>
}
