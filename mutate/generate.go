package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// generator makes the mutants of one file.
type generator struct {
	file              string
	path              string // of the package
	fset              *token.FileSet
	info              *types.Info
	source            []byte
	seen              map[string]int
	in                string // the declaration
	funcLine, funcEnd int
	mutants           []*mutant
}

func (g *generator) run(file *ast.File) {
	if ast.IsGenerated(file) {
		return
	}
	for _, decl := range file.Decls {
		var results *ast.FieldList
		g.funcLine, g.funcEnd = 0, 0
		switch d := decl.(type) {
		case *ast.FuncDecl:
			g.in = funcName(d)
			results = d.Type.Results
			g.funcLine, g.funcEnd = g.fset.Position(d.Pos()).Line, g.fset.Position(d.End()).Line
		case *ast.GenDecl:
			if d.Tok != token.VAR && d.Tok != token.CONST {
				continue
			}
		}
		ast.PreorderStack(decl, nil, func(n ast.Node, stack []ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(stack) == 1 {
				g.in = spec.Names[0].Name
			}
			return g.node(n, stack, results)
		})
	}
}

func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

// node adds the mutants of n, and says whether those of its parts are wanted.
func (g *generator) node(n ast.Node, stack []ast.Node, results *ast.FieldList) bool {
	switch n := n.(type) {
	case *ast.Field:
		return false // types and tags
	case *ast.CallExpr:
		g.call(n)
	case *ast.BasicLit:
		g.literal(n, stack)
	case *ast.Ident:
		g.boolean(n, stack)
	case *ast.BinaryExpr:
		g.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT || n.Op == token.SUB {
			m := g.replace("op", n.OpPos, n.OpPos+1, "", "")
			if n.Op == token.NOT {
				g.around(m, n.Pos(), n.End(), "((", ") != "+on+")")
			}
		}
	case *ast.IncDecStmt:
		m := g.replace("op", n.TokPos, n.End(), other[n.Tok], other[n.Tok])
		if inList(n, stack) {
			g.around(m, n.Pos(), n.End(), "if "+on+" { "+g.text(n.X)+other[n.Tok]+" } else { ", " }")
		}
	case *ast.AssignStmt:
		if op := other[n.Tok]; op != "" && !g.isString(n.Lhs[0]) {
			m := g.replace("op", n.TokPos, n.TokPos+token.Pos(len(n.Tok.String())), op, op)
			if inList(n, stack) {
				g.around(m, n.Pos(), n.End(), "if "+on+" { "+g.text(n.Lhs[0])+" "+op+" "+g.text(n.Rhs[0])+" } else { ", " }")
			}
		}
	case *ast.IfStmt:
		g.condition(n.Cond, true)
		if n.Else != nil {
			g.empty("delete", n.Body.List)
			if b, ok := n.Else.(*ast.BlockStmt); ok {
				g.empty("delete", b.List)
			}
		}
	case *ast.ForStmt:
		if n.Cond != nil {
			g.condition(n.Cond, false)
		}
	case *ast.CaseClause:
		if s, ok := stack[len(stack)-2].(*ast.SwitchStmt); ok && s.Tag == nil {
			for _, guard := range n.List {
				g.condition(guard, true)
			}
		}
		g.empty("delete", n.Body)
	case *ast.CommClause:
		g.empty("delete", n.Body)
	case *ast.ReturnStmt:
		for _, p := range stack {
			if f, ok := p.(*ast.FuncLit); ok {
				results = f.Type.Results
			}
		}
		g.returns(n, results)
	}
	if s, ok := n.(ast.Stmt); ok && deletable(s) && inList(s, stack) {
		text := "if false { " + g.text(s) + " }"
		if b, ok := s.(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
			text = ""
		}
		m := g.replace("delete", s.Pos(), s.End(), text, "")
		if text != "" && !ends(s) {
			g.around(m, s.Pos(), s.End(), "if !"+on+" { ", " }")
		}
	}
	return true
}

// deletable are the statements that a mutant may lack: declarations, returns
// and what contains other statements are not among them.
func deletable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt, *ast.SendStmt, *ast.DeferStmt, *ast.GoStmt, *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return false
		}
		for _, l := range s.Lhs {
			if id, ok := l.(*ast.Ident); !ok || id.Name != "_" {
				return true
			}
		}
	case *ast.BranchStmt:
		return true
	}
	return false
}

// inList says whether s is one of a list of statements. The only statement of
// an if without else is not: it is deleted with the condition false.
func inList(s ast.Stmt, stack []ast.Node) bool {
	switch p := stack[len(stack)-1].(type) {
	case *ast.BlockStmt:
		if i, ok := stack[len(stack)-2].(*ast.IfStmt); ok && i.Body == p && i.Else == nil && len(p.List) == 1 {
			return false
		}
		return true
	case *ast.CaseClause:
		return true
	case *ast.CommClause:
		return p.Comm != s
	}
	return false
}

// empty adds the mutant without the statements, unless that is one which
// deletes a single statement.
func (g *generator) empty(kind string, list []ast.Stmt) {
	if len(list) == 0 || len(list) == 1 && deletable(list[0]) {
		return
	}
	from, to := list[0].Pos(), list[len(list)-1].End()
	m := g.replace(kind, from, to, "if false { "+g.between(from, to)+" }", "")
	if !ends(list[len(list)-1]) {
		g.around(m, from, to, "if !"+on+" { ", " }")
	}
}

// ends says whether what follows s may be out of reach, so that a function may
// not compile without s.
func ends(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	case *ast.AssignStmt, *ast.SendStmt, *ast.DeferStmt, *ast.GoStmt, *ast.IncDecStmt:
		return false
	case *ast.BranchStmt:
		return s.Tok == token.FALLTHROUGH
	}
	return true
}

// condition adds mutants that force the condition, and the one that negates it
// where no operator does.
func (g *generator) condition(e ast.Expr, force bool) {
	text := g.text(e)
	if force {
		m := g.replace("cond", e.Pos(), e.End(), "("+text+") || true", "true")
		g.around(m, e.Pos(), e.End(), "((", ") || "+on+")")
	}
	m := g.replace("cond", e.Pos(), e.End(), "("+text+") && false", "false")
	g.around(m, e.Pos(), e.End(), "((", ") && !"+on+")")
	if !negatable(e) {
		m := g.replace("cond", e.Pos(), e.End(), "!("+text+")", "!("+text+")")
		g.around(m, e.Pos(), e.End(), "((", ") != "+on+")")
	}
}

// negatable says whether a mutant of an operator negates e.
func negatable(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return opposite[x.Op] != ""
	case *ast.UnaryExpr:
		return x.Op == token.NOT
	}
	return false
}

// replace adds a mutant.
func (g *generator) replace(kind string, from, to token.Pos, text, shown string) *mutant {
	p := g.fset.Position(from)
	m := &mutant{source: g.source, order: len(g.mutants), File: g.file, Func: g.in, Kind: kind, Line: p.Line, line: p.Line, col: p.Column,
		start: p.Offset, end: g.fset.Position(to).Offset, text: text,
		funcLine: g.funcLine, funcEnd: g.funcEnd}
	m.identify(shown, g.seen)
	g.mutants = append(g.mutants, m)
	return m
}

func (g *generator) text(n ast.Node) string { return g.between(n.Pos(), n.End()) }

func (g *generator) between(from, to token.Pos) string {
	return string(g.source[g.fset.Position(from).Offset:g.fset.Position(to).Offset])
}

func (g *generator) isString(e ast.Expr) bool {
	t := g.info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// prose says whether a text is for people: it has words in it.
func prose(literal string) bool { return strings.Contains(literal, " ") }
