package model

import (
	"fmt"
	"slices"
	"strings"

	"accio/fsm"
	g "accio/model/guarded"
	"accio/modelcheck"
)

// Pair is both ends and the two directions of a connection between them. Every
// text travels in two pieces, the file in units; each piece is written and
// read on its own, so every segmentation into pieces occurs.
type Pair struct {
	*g.Program
	server, client *end
	units          uint8
}

// NewPair returns the two tables as a pair whose client sends a file of so
// many units, at most 2 if all of the stream is to fit between them.
func NewPair(server, client *fsm.Table, units uint8) *Pair {
	p := &g.Program{Name: fmt.Sprintf("server and client, %d units", units),
		Given: "both ends go on, the file has an end, and the idle limit passes where neither end can go on"}
	c := cut(server)
	up, down := newChannel(p, "up", 6, c.names()), newChannel(p, "down", 4, c.names())
	s := &end{machine: newMachine(p, "server_", server, c), p: p, in: up, out: down, peer: "client"}
	k := &end{machine: newMachine(p, "client_", client, c), p: p, in: down, out: up, peer: "server"}
	illegal, late := p.Var("illegal", 0), p.Var("late", 0)
	for _, e := range []*end{s, k} {
		e.illegal, e.late = illegal, late
		e.got, e.closed = p.Var(e.table.Role+"_got", 0), p.Var(e.table.Role+"_closed", 0)
	}
	k.left, s.count = p.Var("left", units), p.Var("count", 0)
	for _, e := range []*end{s, k} {
		e.work()
		e.close()
	}
	var steps []g.Expr
	for _, r := range p.Rules {
		steps = append(steps, r.When)
	}
	quiet := g.Not(g.Or(steps...))
	s.timeout(quiet)
	k.timeout(quiet)
	return &Pair{p, s, k, units}
}

// Break adds faults: at any moment one end may be told to stop, or the network
// may break the connection.
func (p *Pair) Break() *Pair {
	for _, e := range []*end{p.server, p.client} {
		e.p.Free(e.table.Role+": told to stop", e.live(), e.fire(e.event(fsm.Shutdown))...)
		if slices.Contains(e.table.Events, fsm.Aborted) {
			e.p.Free(e.table.Role+": the operator or a limit ends it", e.live(), e.fire(e.event(fsm.Aborted))...)
		}
	}
	p.Free("network: breaks the connection", g.Not(g.And(p.server.in.end.Is(rst), p.client.in.end.Is(rst))),
		g.Set(p.server.in.end, g.Num(rst)), g.Set(p.client.in.end, g.Num(rst)))
	p.Name += ", with faults"
	return p
}

// Both is true if both ends are at a good end.
func (p *Pair) Both() g.Expr { return g.And(p.server.good(), p.client.good()) }

func (p *Pair) gone() g.Expr { return g.And(p.server.closed.Is(1), p.client.closed.Is(1)) }

// Safe are the claims that hold with faults too.
func (p *Pair) Safe() []g.Claim {
	return []g.Claim{
		g.Always("legal", "no event comes that a table does not have", p.server.illegal.Is(0)),
		g.Eventually("ends", "both ends close in the end", p.gone()),
		g.Always("not_more", "the server never counts more than was sent",
			p.server.count.Get().Plus(p.client.left.Get()).Below(g.Num(p.units+1))),
	}
}

// Sound are the claims about a client that goes with the server, if nothing
// fails.
func (p *Pair) Sound() []g.Claim {
	return append(p.Safe(),
		p.noWaiting(),
		g.Eventually("both_done", "both ends end in Done", p.Both()),
		g.Always("no_orphans", "no byte is left when both have closed",
			p.gone().Implies(g.And(p.server.in.empty(), p.client.in.empty()))),
		g.Always("counted", "the count is what was sent", p.server.good().Implies(p.server.count.Is(p.units))),
	)
}

func (p *Pair) noWaiting() g.Claim {
	return g.Always("no_waiting", "the ends never wait for each other", p.server.late.Is(0))
}

// Told are claims about what the ends can know when there are faults: the
// client nothing of the server (§7.5), the server that it has the whole file (§7.7).
func (p *Pair) Told() []g.Claim {
	return []g.Claim{
		g.Always("client_knows", "a client in Done knows that the server is in Done",
			g.And(p.client.good(), p.server.closed.Is(1)).Implies(p.server.good())),
		g.Always("server_knows", "a server in Done has the whole file",
			p.server.good().Implies(p.server.count.Is(p.units))),
	}
}

// Draw draws a step of a pair in a sequence chart, but for the reading of half a
// text.
func Draw(_ g.State, label string, _ g.State) modelcheck.Message {
	if strings.HasSuffix(label, ": reads a part") {
		return modelcheck.Message{}
	}
	who, text, _ := strings.Cut(label, ": ")
	if from, to, ok := strings.Cut(who, " → "); ok {
		return modelcheck.Message{From: from, To: to, Text: text}
	}
	return modelcheck.Message{From: who, Text: text}
}
