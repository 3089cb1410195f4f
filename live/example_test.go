package live_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"accio/fsm"
	"accio/live"
	"accio/transport"
)

// A page beside a server of whatever table.
func ExampleWatch() {
	bell := (&fsm.Table{
		Role: "bell", Peer: "ear", Initial: "Ring", Terminal: []fsm.State{"Heard", "Lost"}, Good: []fsm.State{"Heard"},
		Events:      []fsm.Event{"rung"},
		Activities:  []fsm.Activity{fsm.In("Ring", fsm.Write, "ding\n", "rung")},
		Transitions: []fsm.Transition{fsm.On("Ring", "rung", "Heard")},
	}).Else("Lost")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := live.Listen(ctx, netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		fmt.Println(err)
		return
	}
	rung := make(chan bool, 1)
	server := &transport.Server{Table: &bell, Result: func(r transport.Result) error { rung <- r.Good; return nil }}
	about := live.Watch(server, ln)
	about.Name, about.Metrics = "The bell", "bell"
	go page.Serve(ctx, about)
	go server.Serve(ctx, ln)

	ear, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", ln.Addr().Port()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ear.Close()
	fmt.Println(<-rung)
	metrics, err := http.Get(page.URL() + "/metrics")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer metrics.Body.Close()
	for lines := bufio.NewScanner(metrics.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "bell_transitions_total") && strings.Contains(lines.Text(), "rung") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// true
	// bell_transitions_total{event="rung",from="Ring",to="Heard"} 1
}
