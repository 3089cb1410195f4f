package model

import (
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
	False   []string // the names of the claims that must be violated; all others must hold
}

// Levels returns the studies of the two tables: the server in its environment
// and in chaos, the pair with and without faults, with other clients than our
// own, and so many clients in a queue.
func Levels(server, client *fsm.Table, clients int) []Study {
	all := []Study{
		{"server", "level 1: the server in its environment", Server(server, DefaultAhead), []string{"always_ends"}},
		{"chaos", "level 1: the server in chaos", Chaos(server), nil},
	}
	pair := func(name, title string, client fsm.Table, broken bool, wrong ...string) {
		p := NewPair(server, &client, 2)
		p.Claim(p.Sound()...)
		if broken {
			p = NewPair(server, &client, 2).Break()
			p.Claim(append(p.Safe(), p.Told()...)...)
		}
		all = append(all, Study{name, "level 2: " + title, p.Program, wrong})
	}
	pair("pair", "the server and the client", *client, false)
	pair("faults", "the server and the client, with faults", *client, true, "client_knows")
	pair("eager", "the server and a client that sends everything before it reads", Eager(), false)
	pair("published", "the server and the client as published, which sends nothing before two commands", Published(), false, "no_waiting", "both_done")
	pair("hasty", "the server and a client that sends everything and closes both directions", Hasty(), false, "both_done", "no_orphans")
	queue := NewQueue(server, clients)
	queue.Claim(queue.Live()...)
	return append(all, Study{"queue", fmt.Sprintf("%d clients at one server", clients), queue.Program, nil})
}

// Run explores the model and decides every claim.
func (s Study) Run(limit modelcheck.Limit) modelcheck.Report[g.State] { return s.Program.Check(limit) }

// Unexpected returns the indices of the verdicts that are not as expected. The
// report must be complete.
func (s Study) Unexpected(r modelcheck.Report[g.State]) []int {
	var wrong []int
	for i, v := range r.Verdicts {
		want := modelcheck.Holds
		if slices.Contains(s.False, s.Program.Claims[i].Name) {
			want = modelcheck.Violated
		}
		if v.Outcome != want {
			wrong = append(wrong, i)
		}
	}
	return wrong
}
