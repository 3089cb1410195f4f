package model

import (
	"fmt"
	"strings"

	"accio/fsm"
	g "accio/model/guarded"
)

// DefaultAhead is how many pieces the client may be ahead of the server where
// nothing else is said.
const DefaultAhead = 2

// Server is the server's table in its real environment. The client may send
// pieces of the confirmations and other bytes in any order, up to ahead of
// them before the server reads; it may fall silent, end its side, reset. A
// write may fail or find the client taking nothing; time passes; the shutdown
// may come at any moment. The precedence is that of docs/protocol.md §2.
//
// Where the table has the event aborted, a limit of time may pass at any moment,
// after which nothing is waited for, and what is there counts until it is more
// than a socket holds; and the operator, or a limit of bytes, may end it at once.
//
// Its last claim is false: a client may send for ever, and the protocol has no
// limit on that.
func Server(t *fsm.Table, ahead int) *g.Program { return server(t, ahead, true) }

func server(t *fsm.Table, ahead int, straight bool) *g.Program {
	p := &g.Program{Name: fmt.Sprintf("%s in its environment, %d pieces ahead", t.Role, ahead),
		Given: "the server goes on, and time passes where it waits"}
	h := newHistory(p, t, straight)
	in := newChannel(p, "in", ahead, h.cuts.names())
	stop, limit := p.Var("stop", 0), newLimit(p, t)
	counted := p.Flag("counted")

	var pieces []string
	for i, name := range h.cuts.names()[1:] {
		pieces = append(pieces, fmt.Sprintf("%d %s", i+1, name))
	}
	p.About = append(p.About, "pieces: "+strings.ReplaceAll(strings.Join(pieces, ", "), `\`, `\\`))

	over := g.Not(h.lines.Is(0))
	bug := []g.Stmt{g.Set(h.illegal, g.Num(1)), g.Set(h.lines, h.lines.Get().Plus(g.Num(1)))}
	fire := func(e fsm.Event) []g.Stmt { return h.fire(g.Num(h.machine.event(e)), bug...) }
	whole := h.fire(h.ends.At(h.state.Get()), bug...)

	// The client. It cannot know when the server has ended, and once it has,
	// nothing that it does is told apart.
	sends := g.And(in.end.Is(open), in.room(), g.Not(over))
	for code, name := range h.cuts.names() {
		if code > 0 && h.arrives(uint8(code)) {
			p.Free("client sends "+name, sends, in.push(g.Num(uint8(code)))...)
		}
	}
	p.Free("client ends its side", g.And(in.end.Is(open), g.Not(over)), g.Set(in.end, g.Num(fin)))
	p.Free("client resets", g.And(in.end.Is(open), g.Not(over)), g.Set(in.end, g.Num(rst)))
	p.Free("client resets after its end", g.And(in.end.Is(fin), g.Not(over)), g.Set(in.end, g.Num(both)))

	p.Free("shutdown comes", g.And(stop.Is(0), g.Not(over)), g.Set(stop, g.Num(1)))

	// The server: the shutdown first, then the operator, then what the socket holds,
	// then time.
	p.Rule("shutdown", g.And(g.Not(over), stop.Is(1)), fire(fsm.Shutdown)...)
	at := func(action fsm.Action, more ...g.Expr) g.Expr {
		return g.And(append([]g.Expr{g.Not(over), stop.Is(0), limit.lets(), h.does(action)}, more...)...)
	}
	p.Rule("written whole", at(fsm.Write, g.Or(in.end.Is(open), in.end.Is(fin))), whole...)
	p.Rule("write fails", at(fsm.Write), fire(fsm.Failed)...)
	p.Rule("client takes nothing for the idle limit", at(fsm.Write, limit.none()), fire(fsm.TimedOut)...)

	fits := in.first().Eq(h.piece())
	p.Rule("reads part of the text", at(fsm.Expect, g.Not(in.empty()), fits, g.Not(h.last())),
		append(in.pop(), g.Set(h.got, h.got.Get().Plus(g.Num(1))))...)
	p.Rule("reads the rest of the text", at(fsm.Expect, g.Not(in.empty()), fits, h.last()), g.Do(in.pop(), whole)...)
	p.Rule("reads a wrong byte", at(fsm.Expect, g.Not(in.empty()), g.Not(fits)), g.Do(in.pop(), fire(fsm.Mismatched))...)
	p.Rule("counts", at(fsm.Count, g.Not(in.empty())), append(in.pop(), g.Set(counted, g.Num(1)))...)
	reading := func(ends ...uint8) g.Expr {
		var any []g.Expr
		for _, end := range ends {
			any = append(any, in.end.Is(end))
		}
		return g.And(g.Not(over), stop.Is(0), limit.lets(), h.does(fsm.Expect, fsm.Count), in.empty(), g.Or(any...))
	}
	p.Rule("reads the end of the stream", reading(fin, both), fire(fsm.Closed)...)
	p.Rule("read fails", reading(rst), fire(fsm.Failed)...)
	p.Rule("no byte for the idle limit", g.And(reading(open), limit.none()), fire(fsm.TimedOut)...)
	limit.rules(p, g.And(g.Not(over), stop.Is(0)), h.does(fsm.Write), reading(open), fire(fsm.Aborted))

	// The order of docs/protocol.md §2.4, told by the event that ended the
	// connection: nothing comes after it.
	ended := g.And(over, h.was(fsm.Expect, fsm.Count))
	p.Claim(h.claims()...)
	p.Claim(
		g.Always("legal", "no event comes that the table does not have", h.illegal.Is(0)),
		g.Always("in_order", "the end of the stream, a failed read and the idle limit of a read come only when nothing is unread",
			g.And(ended, g.Or(h.fired(fsm.Closed), h.fired(fsm.Failed), h.fired(fsm.TimedOut))).Implies(in.empty())),
		g.Always("time_last", "the idle limit of a read comes only when the stream is open",
			g.And(ended, h.fired(fsm.TimedOut)).Implies(in.end.Is(open))),
		g.Always("shutdown_first", "once the shutdown has come, nothing else ends the connection",
			g.And(over, stop.Is(1)).Implies(h.fired(fsm.Shutdown))),
		g.LeadsTo("prompt", "a shutdown that has come ends the connection", stop.Is(1), over),
		h.comesToAnEnd(counted),
		g.Eventually("always_ends", "every run ends, whatever the client does", h.lines.Is(1)),
	)
	p.Claim(limit.claims(over, h, in)...)
	return p
}

// arrives reports whether a piece is one that the peer's texts have, or other.
func (m *machine) arrives(piece uint8) bool {
	return piece == m.cuts.wrong() || m.has(fsm.Expect, piece)
}
