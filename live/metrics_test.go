package live

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"accio/protocol"
	"accio/transport"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// The names and units are as Prometheus wants them, and all is there from the
// start.
func TestMetricsAreClean(t *testing.T) {
	p := newFeed(&protocol.Server).reporter()
	p.Queued = func() (int, bool) { return 0, true }
	problems, err := testutil.GatherAndLint(p.registry())
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	for name, want := range map[string]int{
		"accio_connections_total":           2,
		"accio_payload_bytes_total":         1,
		"accio_transitions_total":           len(protocol.Server.Transitions),
		"accio_connection_duration_seconds": 1,
		"accio_sessions":                    len(protocol.Server.States()),
		"accio_queue_connections":           1,
		"accio_output_blocked_seconds":      1,
		"accio_build_info":                  1,
	} {
		if n, err := testutil.GatherAndCount(p.registry(), name); n != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", name, n, err, want)
		}
	}
	if n, _ := testutil.GatherAndCount(p.registry(), "accio_instance_info"); n != 0 {
		t.Error("a name that it does not have")
	}
	p.Instance = "rack1-3"
	if problems, err := testutil.GatherAndLint(p.registry()); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if err := testutil.GatherAndCompare(p.registry(), strings.NewReader("# HELP accio_instance_info What the server calls itself among others; always 1. Absent if it has no name.\n"+
		"# TYPE accio_instance_info gauge\naccio_instance_info{name=\"rack1-3\"} 1\n"), "accio_instance_info"); err != nil {
		t.Error(err)
	}
	p.Queued = nil
	if n, _ := testutil.GatherAndCount(p.registry(), "accio_queue_connections"); n != 0 {
		t.Error("a queue that is not known")
	}
}

func TestMetrics(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	for _, ms := range []int{0, 1, 2, 2000, 3600_000} {
		f.accept()
		f.fire(good...)
		f.Ended(transport.Result{Connection: f.number, State: protocol.Done, Bytes: 7, Elapsed: time.Duration(ms) * time.Millisecond})
	}
	f.accept()
	f.fire(bad...)
	f.Ended(transport.Result{Connection: f.number, State: protocol.Error, Bytes: 100})
	f.accept()
	want := `
# HELP accio_build_info The version of the server; always 1.
# TYPE accio_build_info gauge
accio_build_info{version="v1"} 1
# HELP accio_connection_duration_seconds How long connections were in service, whatever their result.
# TYPE accio_connection_duration_seconds histogram
accio_connection_duration_seconds_bucket{le="0.0005"} 2
accio_connection_duration_seconds_bucket{le="0.001"} 3
accio_connection_duration_seconds_bucket{le="0.0025"} 4
accio_connection_duration_seconds_bucket{le="0.005"} 4
accio_connection_duration_seconds_bucket{le="0.01"} 4
accio_connection_duration_seconds_bucket{le="0.025"} 4
accio_connection_duration_seconds_bucket{le="0.05"} 4
accio_connection_duration_seconds_bucket{le="0.1"} 4
accio_connection_duration_seconds_bucket{le="0.25"} 4
accio_connection_duration_seconds_bucket{le="0.5"} 4
accio_connection_duration_seconds_bucket{le="1"} 4
accio_connection_duration_seconds_bucket{le="2.5"} 5
accio_connection_duration_seconds_bucket{le="5"} 5
accio_connection_duration_seconds_bucket{le="10"} 5
accio_connection_duration_seconds_bucket{le="30"} 5
accio_connection_duration_seconds_bucket{le="60"} 5
accio_connection_duration_seconds_bucket{le="300"} 5
accio_connection_duration_seconds_bucket{le="+Inf"} 6
accio_connection_duration_seconds_sum 3602.003
accio_connection_duration_seconds_count 6
# HELP accio_connections_total Connections that have ended, by result.
# TYPE accio_connections_total counter
accio_connections_total{result="error"} 1
accio_connections_total{result="ok"} 5
# HELP accio_payload_bytes_total Payload bytes that have arrived, those of failed connections and of those in service included.
# TYPE accio_payload_bytes_total counter
accio_payload_bytes_total 135
# HELP accio_sessions Connections in service, by state.
# TYPE accio_sessions gauge
accio_sessions{state="Ask"} 1
accio_sessions{state="Done"} 0
accio_sessions{state="Error"} 0
accio_sessions{state="Hear"} 0
# HELP accio_transitions_total Transitions that connections have taken.
# TYPE accio_transitions_total counter
accio_transitions_total{event="asked",from="Ask",to="Hear"} 6
accio_transitions_total{event="timedout",from="Ask",to="Error"} 0
accio_transitions_total{event="timedout",from="Hear",to="Error"} 1
accio_transitions_total{event="told",from="Hear",to="Done"} 5
`
	err := testutil.GatherAndCompare(p.registry(), strings.NewReader(want), "accio_build_info", "accio_connection_duration_seconds",
		"accio_connections_total", "accio_payload_bytes_total", "accio_sessions", "accio_transitions_total")
	if err != nil {
		t.Error(err)
	}
}

// wantMetrics compares the text of /metrics with what the server said.
func wantMetrics(t *testing.T, text string, said *truth) {
	t.Helper()
	want := func(series string, value any) {
		t.Helper()
		if line := fmt.Sprintf("\n%s %v\n", series, value); !strings.Contains(text, line) {
			t.Errorf("no%sin\n%s", line, text)
		}
	}
	want(`accio_connections_total{result="ok"}`, said.ok)
	want(`accio_connections_total{result="error"}`, said.failed)
	want(`accio_payload_bytes_total`, strconv.FormatFloat(float64(said.bytes), 'g', -1, 64))
	want(`accio_connection_duration_seconds_count`, said.ok+said.failed)
	want(`accio_connection_duration_seconds_bucket{le="+Inf"}`, said.ok+said.failed)
	for _, tr := range protocol.Server.Transitions {
		want(fmt.Sprintf("accio_transitions_total{event=%q,from=%q,to=%q}", tr.Event, tr.From, tr.To), said.taken[tr])
	}
	for _, s := range protocol.Server.States() {
		want(fmt.Sprintf("accio_sessions{state=%q}", s), 0)
	}
}
