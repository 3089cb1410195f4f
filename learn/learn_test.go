package learn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accio/conform"
	"accio/fsm"
	"accio/internal/require"
	"accio/mealy"
	"accio/protocol"
)

// idle is the limit of the programs that are learned here.
const idle = time.Second

// learned learns one of the programs in Python that the conformance suite has, with
// a fault or none.
func learned(t *testing.T, role, fault string) *Model {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("..", "conform", "testdata", role+".py"))
	if err != nil {
		t.Fatal(err)
	}
	command := []string{require.Python(t), "-IS", script, "--idle", fmt.Sprint(idle.Seconds()), "--fault", fault}
	m, err := Learn(context.Background(), &Subject{Command: command, Idle: idle}, conform.Table(role), Options{Time: 2 * time.Second, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// edges are the transitions of the table at which a program differs.
func edges(m *Model) (list []string) {
	for _, d := range m.Differences {
		list = append(list, strings.TrimSpace(fmt.Sprint(d.State, " ", d.Event)))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Programs that are right are learned to exactly the table. Their idle limit is a second,
// which passes where many tests want the same processors: so it is a longer run, alone.
func TestRightPrograms(t *testing.T) {
	if os.Getenv("ACCIO_LONG") == "" {
		t.Skip("needs the processors for itself: ACCIO_LONG")
	}
	t.Parallel()
	for role, states := range map[string]int{"server": 9, "client": 7} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			m := learned(t, role, "none")
			if len(m.Differences) != 0 || len(m.Machine.Edges) != states {
				t.Errorf("%d states; %+v", len(m.Machine.Edges), m.Differences)
			}
			if strings.Contains(strings.Join(m.States, " "), "extra") || m.Partial != "" || m.Queries < 50 {
				t.Errorf("%q, %q, %d queries", m.States, m.Partial, m.Queries)
			}
			picture, table := m.Picture(), conform.Table(role)
			if !slices.Equal(picture.Transitions, table.Transitions) {
				t.Errorf("%v", picture.Transitions)
			}
		})
	}
}

// fake is a model of a server that prints what it has when a client is silent in
// Streaming, takes a bare LF, and knows a state of its own.
func fake() *Model {
	sp := newSpec(&protocol.Server)
	m := &Model{Schema: Schema, Role: "server", Command: []string{"./theirs"}, Machine: &mealy.Machine{Inputs: sp.machine.Inputs}, Specified: sp.machine, table: &protocol.Server,
		States: []string{"AwaitConfirm1", "extra 1"}, Differences: []Difference{
			{State: protocol.Streaming, Event: fsm.TimedOut, Word: mealy.Word{Silence}, Got: "prints the count, closes", Always: true, To: "Done", Sentence: "after silence it prints the count"},
			{State: protocol.AwaitConfirm1, Event: fsm.Mismatched, Word: mealy.Word{`"confirm-accio\n"`}, Got: "sends", To: "AwaitConfirm2, 3 bytes in"},
			{State: protocol.AwaitConfirm2, Event: fsm.TimedOut, Word: mealy.Word{Silence}, Got: Nothing, Always: true, To: "AwaitConfirm2"},
			{State: protocol.AwaitConfirm2, Event: fsm.Closed, Word: mealy.Word{End}, Got: Nothing, Always: true, To: "extra 1"},
		}}
	return m
}

// The picture has the table's states, what is missing and what is more.
func TestPicture(t *testing.T) {
	p := fake().Picture()
	for _, want := range []fsm.Transition{
		fsm.On(protocol.Streaming, "− timedout", protocol.Error), fsm.On(protocol.Streaming, "+ timedout", protocol.Done),
		fsm.On(protocol.AwaitConfirm1, "+ confirm-accio\n", protocol.AwaitConfirm2), fsm.On(protocol.AwaitConfirm1, fsm.Mismatched, protocol.Error),
		fsm.On(protocol.AwaitConfirm2, "+ closed", "extra 1"), fsm.On(protocol.AwaitConfirm2, "+ timedout", protocol.AwaitConfirm2),
	} {
		if !slices.Contains(p.Transitions, want) {
			t.Errorf("it lacks %v", want)
		}
	}
	if !slices.Equal(p.States(), protocol.Server.States()) {
		t.Errorf("%v", p.States())
	}
	for format, write := range Formats {
		var b bytes.Buffer
		if err := write(&b, fake()); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if format != "json" && (!strings.Contains(b.String(), "timedout") || !strings.Contains(b.String(), "extra 1")) {
			t.Errorf("%s:\n%s", format, &b)
		}
	}
}

// As a table it can be checked: it is valid, and has what the program does.
func TestAsTable(t *testing.T) {
	table := fake().AsTable()
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []fsm.Transition{
		fsm.On(protocol.Streaming, fsm.TimedOut, protocol.Done), fsm.On(protocol.AwaitConfirm1, fsm.Mismatched, protocol.AwaitConfirm2),
		fsm.On(protocol.AwaitConfirm2, fsm.TimedOut, "AwaitConfirm2Again"), fsm.On("AwaitConfirm2Again", fsm.TimedOut, protocol.AwaitConfirm2),
		fsm.On(protocol.AwaitConfirm2, fsm.Closed, protocol.Error), // what leads to an extra state cannot be said
	} {
		if to, _ := table.Next(want.From, want.Event); to != want.To {
			t.Errorf("%s on %s leads to %s, wanted %s", want.From, want.Event, to, want.To)
		}
	}
}

// What a page needs is in the JSON, and it says what it is.
func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, fake()); err != nil {
		t.Fatal(err)
	}
	var m struct {
		Schema, Role       string
		Machine, Specified struct {
			Inputs []string
			Edges  []map[string]struct {
				Output string
				To     int
			}
		}
		States, Places []string
		Differences    []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	if m.Schema != Schema || m.Role != "server" || len(m.Machine.Inputs) < 15 || len(m.Specified.Edges) != 9 || m.Differences[0]["sentence"] != "after silence it prints the count" ||
		m.Specified.Edges[0][`"confirm-accio\r\n"`].Output != `sends "accio\r\n"` {
		t.Errorf("%+v", m)
	}
}

func TestInputs(t *testing.T) {
	for role, least := range map[string]int{"server": 15, "client": 9} {
		inputs := Inputs(conform.Table(role))
		if len(inputs) < least || len(slices.Compact(slices.Sorted(slices.Values(inputs)))) != len(inputs) {
			t.Errorf("%s: %q", role, inputs)
		}
		for _, in := range inputs {
			if text, ok := Text(in); ok && quote(text) != in {
				t.Errorf("%s is %q", in, text)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	m := fake()
	if got := m.Summary(); !strings.HasPrefix(got, "4 differences from the table; 0 states, 1 of them not the table's") {
		t.Error(got)
	}
	if got := m.Trust(); !strings.Contains(got, "--depth 0") {
		t.Error(got)
	}
	m.Partial = "interrupted"
	if got := m.Trust(); got != "This is not all: interrupted" {
		t.Error(got)
	}
}

// A program that answers by chance is called nondeterministic, with two exchanges.
func TestNondeterministic(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "server.py")
	const text = "import os, random, socket, sys\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n" +
		"c, _ = s.accept()\nc.sendall(random.choice([b'accio\\r\\n', b'ready\\r\\n', b'wait\\r\\n']))\nc.recv(99)\nos.write(1, b'ERROR\\n')\nc.close()\ns.accept()\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Learn(context.Background(), &Subject{Command: []string{require.Python(t), script}, Idle: idle}, &protocol.Server, Options{})
	n, ok := errors.AsType[*NondeterministicError](err)
	if !ok || len(n.First) < 2 || len(n.Second) < 2 || strings.Join(n.First, "") == strings.Join(n.Second, "") || m.Partial == "" {
		t.Errorf("%v: %+v", err, n)
	}
}

// A program that cannot be started, or does not listen, is told.
func TestNotStarted(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"/no/such/program"}, {"false"}} {
		m, err := Learn(context.Background(), &Subject{Command: command, Idle: idle}, &protocol.Server, Options{})
		if !errors.Is(err, ErrNotStarted) || m.Machine != nil {
			t.Errorf("%q: %v", command, err)
		}
	}
}

// What is known when there are too many states is told, with its differences.
func TestTooManyStates(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(filepath.Join("..", "conform", "testdata", "client.py"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Learn(context.Background(), &Subject{Command: []string{require.Python(t), "-IS", script, "--idle", "1"}, Idle: idle}, &protocol.Client, Options{MaxStates: 2})
	if m.Partial == "" || !strings.HasPrefix(m.Trust(), "This is not all: ") {
		t.Errorf("%+v, %v", m.Partial, err)
	}
}
