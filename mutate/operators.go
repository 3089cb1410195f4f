package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// other is what an operator becomes.
var other = map[token.Token]string{
	token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*",
	token.AND: "|", token.OR: "&", token.XOR: "&", token.AND_NOT: "&", token.SHL: ">>", token.SHR: "<<",
	token.LAND: "||", token.LOR: "&&",
	token.INC: "--", token.DEC: "++",
	token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*=", token.REM_ASSIGN: "*=",
	token.AND_ASSIGN: "|=", token.OR_ASSIGN: "&=", token.XOR_ASSIGN: "&=", token.AND_NOT_ASSIGN: "&=",
	token.SHL_ASSIGN: ">>=", token.SHR_ASSIGN: "<<=",
}

// opposite is the comparison that holds where the other one does not, boundary
// the one that differs at the boundary only.
var (
	opposite = map[token.Token]string{token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">"}
	boundary = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}
)

func (g *generator) binary(n *ast.BinaryExpr) {
	end := n.OpPos + token.Pos(len(n.Op.String()))
	for i, table := range []map[token.Token]string{other, opposite, boundary} {
		op := table[n.Op]
		if op == "" || n.Op == token.ADD && g.isString(n) {
			continue
		}
		m := g.replace("op", n.OpPos, end, op, op)
		switch name := helpers[n.Op]; {
		case g.info.Types[n].Value != nil:
		case i == 1:
			g.around(m, n.Pos(), n.End(), "((", ") != "+on+")")
		case n.Op == token.LAND || n.Op == token.LOR:
			g.around(m, n.Pos(), n.End(), name+"("+on+", ", " })").token(g, n.OpPos, end, ", func() bool { return ")
		case name != "":
			g.around(m, n.Pos(), n.End(), name+"("+on+", ", ")").token(g, n.OpPos, end, ", ")
		}
	}
}

// literal adds the mutants of a constant. Texts for people are left alone, and
// so is the third argument of make, which is a hint.
func (g *generator) literal(n *ast.BasicLit, stack []ast.Node) {
	if call, ok := stack[len(stack)-1].(*ast.CallExpr); ok && (hint(call) == ast.Expr(n) || newError(call)) {
		return
	}
	change := func(text string) {
		m := g.replace("const", n.Pos(), n.End(), text, text)
		if t := g.info.TypeOf(n); g.variable(n, stack) && t != nil {
			g.around(m, n.Pos(), n.End(), "mutantChoice("+on+", "+g.typeText(t)+"("+text+"), ", ")")
		}
	}
	switch {
	case n.Kind == token.STRING:
		if len(n.Value) > 2 && !prose(n.Value) {
			change(`""`)
		}
	case n.Value == "0":
		change("1")
	case n.Value == "1":
		change("0")
		change("2")
	default:
		change("(" + n.Value + " + 1)")
	}
}

func hint(call *ast.CallExpr) ast.Expr {
	if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "make" && len(call.Args) == 3 {
		return call.Args[2]
	}
	return nil
}

func newError(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	p, ok := f.X.(*ast.Ident)
	return ok && p.Name == "errors" && f.Sel.Name == "New"
}

func (g *generator) boolean(n *ast.Ident, stack []ast.Node) {
	if c, ok := g.info.Uses[n].(*types.Const); ok && c.Parent() == types.Universe {
		switch n.Name {
		case "true":
			m := g.replace("const", n.Pos(), n.End(), "false", "false")
			g.flip(m, n, stack)
		case "false":
			m := g.replace("const", n.Pos(), n.End(), "true", "true")
			g.flip(m, n, stack)
		}
	}
}

// call adds the mutants of min and max, which are comparisons.
func (g *generator) call(n *ast.CallExpr) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok {
		return
	}
	if _, ok := g.info.Uses[id].(*types.Builtin); ok && (id.Name == "min" || id.Name == "max") {
		text := map[string]string{"min": "max", "max": "min"}[id.Name]
		g.replace("op", id.Pos(), id.End(), text, text)
	}
}
