package fsm_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"accio/fsm"
	"accio/protocol"
)

func TestTablesSurviveJSON(t *testing.T) {
	own := small()
	own.Activities[1].Action, own.Activities[1].Text = "sing", "la"
	own.Own = []fsm.Own{{Action: "sing", Events: []fsm.Event{"go"}}}
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client, &own} {
		text, err := json.MarshalIndent(table, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got, err := fsm.ReadTable(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if !reflect.DeepEqual(got, table) {
			t.Errorf("%+v\nwant %+v", got, table)
		}
		if err := got.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestReadTableSaysWhereAndWhat(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "line 1, column 1: the text ends too early"},
		{"  ", "line 1, column 3: the text ends too early"},
		{"{\n", "line 2, column 1: the text ends too early"},
		{"{\n  \"role\": \"x\",\n  \"rôle\": \"y\"\n}", `line 3, column 10: unknown field "rôle"; the fields are ["role" "peer"`},
		{`{"Role": "x"}`, `line 1, column 8: unknown field "Role"`},
		{`{"states": [{"name": "A", "activity": {"Action": "write"}}]}`, `line 1, column 48: unknown field "Action"`},
		{"{\"role\": \"x\"]", "line 1, column 13: invalid character ']' after object key:value pair"},
		{`{"role": 7}`, "line 1, column 11: role cannot be of type number"},
		{`{"states": {}}`, "line 1, column 13: states cannot be of type object"},
		{`"nosuch"`, "line 1, column 9: a table cannot be of type string"},
		{`7`, "line 1, column 2: a table cannot be of type number"},
		{`{"role": nope}`, "line 1, column 10: invalid character 'o' in literal null"},
		{"{\"ro", "line 1, column 5: the text ends too early"},
		{`{} {}`, "not a table: invalid character '{' after top-level value"},
		{`{"states": [{"name": "A"}]}`, `state "A" has no activity and is not among the terminal ones`},
	} {
		table, err := fsm.ReadTable(strings.NewReader(test.text))
		if table != nil || !errors.Is(err, fsm.ErrJSON) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, %v; want %q", test.text, table, err, test.want)
		}
	}
}

// The times of hints have these names in the file, and no others.
func TestHintsAsJSON(t *testing.T) {
	table, err := fsm.ReadTable(strings.NewReader(`{"hints": [{"when": "silent", "state": "A", "text": "1"},
		{"when": "left", "text": "2"}, {"when": "early", "text": "3"}, {"when": "reset", "text": "4"}]}`))
	want := []fsm.Hint{{fsm.Silent, "A", "1"}, {fsm.Left, "", "2"}, {fsm.Early, "", "3"}, {fsm.Reset, "", "4"}}
	if err != nil || !slices.Equal(table.Hints, want) {
		t.Errorf("%+v, %v", table, err)
	}
}

// A value is not taken for a name, wherever it stands.
func TestReadTableTakesAnyValue(t *testing.T) {
	table, err := fsm.ReadTable(strings.NewReader(`{"role": "R", "terminal": ["no field"], "events": ["x", "Role"], "peer": "P"}`))
	if err != nil || table.Role != "R" || table.Peer != "P" || len(table.Events) != 2 {
		t.Errorf("%+v, %v", table, err)
	}
}

func TestReadTableReturnsTheErrorOfReading(t *testing.T) {
	broken := errors.New("broken")
	if _, err := fsm.ReadTable(iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.Is(err, fsm.ErrJSON) {
		t.Errorf("got %v", err)
	}
}
