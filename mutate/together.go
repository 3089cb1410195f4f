package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// insertion is how a mutant is built together with all others of its package:
// code around the place asks which mutant this process is. Building is what
// takes most of the time, so one program for all is many times faster. What
// must be constant, or might not compile, is built alone.
type insertion struct {
	start, end        int // offsets
	before, after     string
	tokenAt, tokenEnd int // an operator in between that becomes a comma, or 0
	tokenText         string
}

// on stands for the question whether the process is this mutant.
const on = "mutantOn(§)"

// around makes m one of those that are built together.
func (g *generator) around(m *mutant, from, to token.Pos, before, after string) *insertion {
	m.together = &insertion{start: g.fset.Position(from).Offset, end: g.fset.Position(to).Offset, before: before, after: after}
	return m.together
}

func (i *insertion) token(g *generator, from, to token.Pos, text string) {
	i.tokenAt, i.tokenEnd, i.tokenText = g.fset.Position(from).Offset, g.fset.Position(to).Offset, text
}

// helpers are the functions that do what an operator does, or its mutant.
var helpers = map[token.Token]string{
	token.ADD: "mutantAdd", token.SUB: "mutantSub", token.MUL: "mutantMul", token.QUO: "mutantQuo",
	token.LAND: "mutantAnd", token.LOR: "mutantOr",
	token.LSS: "mutantLess", token.LEQ: "mutantLessEqual", token.GTR: "mutantGreater", token.GEQ: "mutantGreaterEqual",
}

// helperCode asks GOCOVERDIR too, because testscript keeps that for commands.
const helperCode = `

import (
	"cmp"
	"os"
	"path/filepath"
)

var mutantNumber = cmp.Or(os.Getenv("ACCIO_MUTANT"), filepath.Base(os.Getenv("GOCOVERDIR")))

func mutantOn(n string) bool { return mutantNumber == n }

func mutantChoice[T any](on bool, yes, no T) T {
	if on {
		return yes
	}
	return no
}

type mutantNumeric interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

func mutantAdd[T mutantNumeric](on bool, x, y T) T { if on { return x - y }; return x + y }
func mutantSub[T mutantNumeric](on bool, x, y T) T { if on { return x + y }; return x - y }
func mutantMul[T mutantNumeric](on bool, x, y T) T { if on { return x / y }; return x * y }
func mutantQuo[T mutantNumeric](on bool, x, y T) T { if on { return x * y }; return x / y }

func mutantAnd(on, x bool, y func() bool) bool { if on { return x || y() }; return x && y() }
func mutantOr(on, x bool, y func() bool) bool { if on { return x && y() }; return x || y() }

func mutantLess[T cmp.Ordered](on bool, x, y T) bool { if on { return x <= y }; return x < y }
func mutantLessEqual[T cmp.Ordered](on bool, x, y T) bool { if on { return x < y }; return x <= y }
func mutantGreater[T cmp.Ordered](on bool, x, y T) bool { if on { return x >= y }; return x > y }
func mutantGreaterEqual[T cmp.Ordered](on bool, x, y T) bool { if on { return x > y }; return x >= y }
` + mutantErrorType

// variable says whether something that is no constant may stand at n.
func (g *generator) variable(n ast.Expr, stack []ast.Node) bool {
	for i, p := range stack {
		var child ast.Node = n
		if i+1 < len(stack) {
			child = stack[i+1]
		}
		switch p := p.(type) {
		case *ast.GenDecl:
			if p.Tok == token.CONST {
				return false
			}
		case *ast.ArrayType:
			return false
		case *ast.KeyValueExpr:
			if p.Key == child {
				return false
			}
		case *ast.BinaryExpr:
			if p.Op == token.SHL || p.Op == token.SHR {
				return false
			}
		}
	}
	return true
}

func (g *generator) flip(m *mutant, n *ast.Ident, stack []ast.Node) {
	if g.variable(n, stack) {
		g.around(m, n.Pos(), n.End(), "mutantChoice("+on+", "+m.text+", ", ")")
	}
}

// together returns the source of a file with those of its mutants that can be
// built together. No line becomes two.
func together(mutants []*mutant) []byte {
	type piece struct {
		at, until int
		order     int // at the same place: what ends, from the inside out, before what begins
		text      string
	}
	var pieces []piece
	for _, m := range mutants {
		t := m.together
		if t == nil {
			continue
		}
		name := fmt.Sprintf("%q", m.number())
		pieces = append(pieces,
			piece{t.start, t.start, m.order + 1, strings.ReplaceAll(t.before, "§", name)},
			piece{t.end, t.end, -m.order - 1, strings.ReplaceAll(t.after, "§", name)})
		if t.tokenText != "" {
			pieces = append(pieces, piece{t.tokenAt, t.tokenEnd, 0, t.tokenText})
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
	source := mutants[0].source
	var b strings.Builder
	from := 0
	for _, p := range pieces {
		b.Write(source[from:p.at])
		b.WriteString(p.text)
		from = p.until
	}
	b.Write(source[from:])
	return []byte(b.String())
}

// number is what the environment calls the mutant.
func (m *mutant) number() string { return fmt.Sprintf("%s-%d", path.Base(m.File), m.order) }
