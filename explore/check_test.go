package explore

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/internal/require"
)

// doorman asks for a name and counts luggage.
var doorman = (&fsm.Table{
	Role: "doorman", Peer: "guest",
	Initial: "Ask", Terminal: []fsm.State{"In", "Out"}, Good: []fsm.State{"In"},
	Events: []fsm.Event{"asked", "known"},
	Activities: []fsm.Activity{
		fsm.In("Ask", fsm.Write, "who?\n", "asked"),
		fsm.In("Listen", fsm.Expect, "me\n", "known"),
		fsm.In("Welcome", fsm.Write, "in\n", "asked"),
		fsm.In("Luggage", fsm.Count, "", fsm.Closed),
	},
	Transitions: []fsm.Transition{
		fsm.On("Ask", "asked", "Listen"),
		fsm.On("Listen", "known", "Welcome"),
		fsm.On("Welcome", "asked", "Luggage"),
		fsm.On("Luggage", fsm.Closed, "In"),
	},
}).Else("Out")

const patience = 10 * time.Second

var guests = Alphabet{
	Text("me", "me\n"), Text("m", "m"), Text("e", "e\n"), Text("hat", "hat"), Silence("pause", 9*time.Second), Silence("silence", patience),
	{Name: "end", What: End}, {Name: "reset", What: Reset}, {Name: "stop", What: Stop}, {Name: "shut", What: Shut}, {Name: "open", What: Open},
}

// serveDoor is the doorman as somebody would write him who knows package net, with
// one fault or none.
func serveDoor(fault string) func(ctx context.Context, c net.Conn) {
	return func(ctx context.Context, c net.Conn) {
		if !strings.Contains(fault, "no shutdown") {
			defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
		}
		wait := func() {
			if !strings.Contains(fault, "no idle limit") {
				c.SetReadDeadline(time.Now().Add(patience))
			}
			if ctx.Err() != nil && fault != "no look after a deadline" {
				c.SetDeadline(time.Unix(1, 0))
			}
		}
		say := func(text string) bool {
			if c.SetWriteDeadline(time.Now().Add(patience)); ctx.Err() != nil {
				return false
			}
			_, err := io.WriteString(c, text)
			return err == nil || fault == "writes do not matter"
		}
		if !say("who?\n") {
			return
		}
		name, p := "", make([]byte, 64)
		for len(name) < len("me\n") {
			if fault != "a clock for the whole" || name == "" {
				wait()
			}
			most := len("me\n") - len(name)
			if fault == "reads in one piece" {
				most = len(p)
			}
			n, err := c.Read(p[:most])
			name += string(p[:n])
			if !strings.HasPrefix("me\n", name) && !(fault == "any name" && len(name) == 3) || err != nil || ctx.Err() != nil {
				return
			}
			if fault == "reads in one piece" && n < len("me\n") {
				return
			}
		}
		if !say("in\n") {
			return
		}
		for wait(); ; wait() {
			if _, err := c.Read(p); err != nil {
				if fault == "panics at a reset" && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded) {
					panic("lost")
				}
				return
			}
		}
	}
}

func suite(fault string) Suite {
	return Suite{Subject: Serve(serveDoor(fault)), Expect: Quiet(Table(&doorman, patience, nil)), Alphabet: guests, Session: "me\nhat", Extra: 1,
		Finite: func(in Input) bool { return in.What != Shut && in.What != Open }}
}

// A server that was written for package net is explored in one call.
func TestCheck(t *testing.T) {
	got := Check(t, suite(""))
	if want := (Counts{363, 16, 194, 194, 194, 232}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What is wrong with one is told by the shortest word.
func TestCheckFinds(t *testing.T) {
	ran := 0
	for fault, want := range map[string]string{
		"no idle limit":              "silence: ",
		"no shutdown":                "stop: ",
		"no shutdown, no idle limit": "silence: it does not return when it is told to stop, but when its connection is closed",
		"writes do not matter":       "(early) shut silence: ",
		"any name":                   "hat: ",
		"reads in one piece":         "m: ",
		"a clock for the whole":      "pause m pause: \"who?\\n\" said, ended, want \"who?\\n\" said",
		"no look after a deadline":   ": shutdown at yield point ",
		"panics at a reset":          "me reset: lost",
	} {
		ran++
		s := suite(fault)
		s.Length = 3
		var texts []string
		for _, failures := range []*Shortest{s.words(t), s.cuts(t), s.inject(t, Shutdown, nil), s.inject(t, Breakage, nil), s.inject(t, Refusal, nil), s.wMethod(t)} {
			text, _, _ := strings.Cut(failures.text, "\n")
			texts = append(texts, text)
		}
		if all := strings.TrimLeft(strings.Join(texts, "\n"), "\n"); !strings.HasPrefix(all, want) {
			t.Errorf("%s:\n%s\nwant first %q", fault, all, want)
		}
	}
	require.Ran(t, "faults", ran, 9)
}
