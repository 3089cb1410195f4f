package model

import (
	"fmt"

	g "accio/model/guarded"
)

// How one direction of a connection ends.
const (
	open uint8 = iota // it has not
	fin               // in order, after what was sent
	rst               // broken
	both              // in order, and then broken: what is read ends, what is written fails
)

// channel is one direction of a connection, up to and including the buffer of
// the receiver: pieces in order, then its end.
type channel struct {
	slots []*g.Var // first in slots[0]; zero is free, and so are all after it
	end   *g.Var
}

func newChannel(p *g.Program, name string, size int, pieces []string) channel {
	var c channel
	for i := range size {
		c.slots = append(c.slots, p.Var(fmt.Sprintf("%s%d", name, i), 0, pieces...))
	}
	c.end = p.Var(name+"end", open, "", "fin", "rst", "fin, rst")
	return c
}

func (c channel) empty() g.Expr { return c.slots[0].Is(0) }

func (c channel) room() g.Expr { return c.slots[len(c.slots)-1].Is(0) }

func (c channel) first() g.Expr { return c.slots[0].Get() }

// push adds a piece; there must be room.
func (c channel) push(piece g.Expr) []g.Stmt {
	var do []g.Stmt
	for i := len(c.slots) - 1; i >= 0; i-- {
		free := c.slots[i].Is(0)
		if i > 0 {
			free = g.And(free, g.Not(c.slots[i-1].Is(0)))
		}
		do = append(do, g.If(free, []g.Stmt{g.Set(c.slots[i], piece)}))
	}
	return do
}

// pop removes the first piece.
func (c channel) pop() []g.Stmt {
	var do []g.Stmt
	for i, slot := range c.slots {
		next := g.Num(0)
		if i+1 < len(c.slots) {
			next = c.slots[i+1].Get()
		}
		do = append(do, g.Set(slot, next))
	}
	return do
}

// clear removes every piece.
func (c channel) clear() []g.Stmt {
	var do []g.Stmt
	for _, slot := range c.slots {
		do = append(do, g.Set(slot, g.Num(0)))
	}
	return do
}
