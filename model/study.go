package model

import (
	"errors"
	"fmt"
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
	"accio/modelcheck"
)

// Study is a model and what is expected of it.
type Study struct {
	Name    string // a word
	Title   string
	Program *g.Program
	False   map[string]string // by name, why a claim is false; it must be violated, all others must hold
}

// Levels returns the studies of the two tables: the server in its environment
// and in chaos, the pair with and without faults, with other clients than our
// own, so many clients in a queue, a crowd, and a crowd of so many clients (but
// two at least) in which the greedy ones may have every place.
func Levels(server, client *fsm.Table, clients int) []Study {
	all := alone(server, true)
	pair := func(name, title string, client fsm.Table, broken bool, wrong map[string]string) {
		p := NewPair(server, &client, 2)
		p.Claim(p.Sound()...)
		if broken {
			p = NewPair(server, &client, 2).Break()
			p.Claim(append(p.Safe(), p.Told()...)...)
		}
		all = append(all, Study{name, "level 2: " + title, p.Program, wrong})
	}
	const waits = "this client waits for the second command, the server for the first confirmation (protocol.md, who waits for whom)"
	const destroys = "the reset of a client that has not read the commands may destroy what it sent (§1.10)"
	pair("pair", "the server and the client, when nothing fails", *client, false, nil)
	pair("faults", "the server and the client, with faults", *client, true, map[string]string{"client_knows": "the protocol has no answer to the file (§7.5)"})
	pair("eager", "the server and a client that sends everything before it reads", Eager(), false, nil)
	pair("published", "the server and the client as published, which sends nothing before two commands", Published(), false,
		map[string]string{"no_waiting": waits, "both_done": waits})
	pair("hasty", "the server and a client that sends everything and closes both directions", Hasty(), false,
		map[string]string{"both_done": destroys, "no_orphans": destroys})
	queue := NewQueue(server, clients)
	queue.Claim(queue.Live()...)
	crowd := NewCrowd(server, 3, 2, 1)
	crowd.Claim(crowd.Live()...)
	many := max(clients, 2)
	hogged := NewCrowd(server, many, many-1, many-1)
	hogged.Claim(hogged.Live()...)
	if slices.Contains(server.Events, fsm.Aborted) {
		crowd.Claim(crowd.Limited()...)
		hogged.Claim(hogged.Limited()...)
	}
	return append(all,
		Study{"queue", fmt.Sprintf("%d clients at one server", clients), queue.Program, map[string]string{"never_starved": sendsForEver}},
		Study{"crowd", "3 clients at a concurrent server of 2 places, one of them greedy", crowd.Program, nil},
		Study{"hogged", fmt.Sprintf("%d clients at a concurrent server of %d places, all but the last greedy", many, many-1), hogged.Program,
			map[string]string{fmt.Sprintf("served_%d", many): "those in service may send for ever, where no limit ends that (§5.5)"}})
}

// Alone returns the studies of a table that need no other: in its environment,
// and in chaos. The error wraps [ErrAction] or [ErrSize].
func Alone(t *fsm.Table) ([]Study, error) {
	for _, a := range t.Activities {
		if !slices.Contains([]fsm.Action{fsm.Write, fsm.Expect, fsm.Count}, a.Action) {
			return nil, fmt.Errorf("%w: to %s, in %s", ErrAction, a.Action, a.State)
		}
	}
	if n := len(t.States()) * len(t.Events); n > mostPairs {
		return nil, fmt.Errorf("%w, this table has %d", ErrSize, n)
	}
	return alone(t, straight(t)), nil
}

// ErrAction is an action of which level 1 has no rules.
var ErrAction = errors.New("the model of one end can write, expect and count, and nothing else")

// ErrSize is a table with more pairs of a state and an event than a model has room
// for: what it calculates with are bytes.
var ErrSize = fmt.Errorf("the model of one end has room for %d pairs of a state and an event", mostPairs)

const mostPairs = 1 << 8

func alone(t *fsm.Table, straight bool) []Study {
	wrong := map[string]string{}
	switch {
	case slices.ContainsFunc(t.Activities, func(a fsm.Activity) bool { return a.Action == fsm.Count }):
		wrong["always_ends"] = sendsForEver
	case !straight && slices.ContainsFunc(t.Transitions, func(tr fsm.Transition) bool { return back(t, tr) }):
		wrong["always_ends"] = "the table goes in circles, and no limit ends that"
	}
	return []Study{
		{"server", "level 1: the " + t.Role + " in its environment", server(t, DefaultAhead, straight), wrong},
		{"chaos", "level 1: the " + t.Role + " in chaos", chaos(t, straight), nil},
	}
}

const sendsForEver = "a client may send for ever, where no limit ends that (§5.5)"

// Run explores the model and decides every claim.
func (s Study) Run(limit modelcheck.Limit) modelcheck.Report[g.State] { return s.Program.Check(limit) }

// Unexpected returns the indices of the verdicts that are not as expected. The
// report must be complete.
func (s Study) Unexpected(r modelcheck.Report[g.State]) []int {
	var wrong []int
	for i, v := range r.Verdicts {
		want := modelcheck.Holds
		if s.False[s.Program.Claims[i].Name] != "" {
			want = modelcheck.Violated
		}
		if v.Outcome != want {
			wrong = append(wrong, i)
		}
	}
	return wrong
}
