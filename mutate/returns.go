package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// returns adds mutants that return something else, before the statement that
// was there: what it uses stays in use.
func (g *generator) returns(n *ast.ReturnStmt, results *ast.FieldList) {
	if len(n.Results) == 0 || results == nil {
		return
	}
	var want []types.Type
	for _, f := range results.List {
		for range max(1, len(f.Names)) {
			want = append(want, g.info.TypeOf(f.Type))
		}
	}
	instead := func(values []string) {
		text := "return " + strings.Join(values, ", ")
		m := g.replace("return", n.Pos(), n.End(), "if true { "+text+" }; "+g.text(n), text)
		g.around(m, n.Pos(), n.End(), "if "+on+" { "+text+" }; ", "")
	}
	if len(n.Results) != len(want) { // return f(), of several results
		var values []string
		for _, t := range want {
			values = append(values, g.zero(t))
		}
		instead(values)
		return
	}
	for i, r := range n.Results {
		value := g.another(r, want[i])
		if value == "" {
			continue
		}
		var values []string
		for j, r := range n.Results {
			if j == i {
				values = append(values, value)
			} else {
				values = append(values, g.text(r))
			}
		}
		instead(values)
	}
}

// another is what is returned for e, or nothing where the mutant of a constant
// or of an operator is the same.
func (g *generator) another(e ast.Expr, t types.Type) string {
	switch tv := g.info.Types[e]; {
	case tv.IsNil():
		if types.Identical(t, types.Universe.Lookup("error").Type()) {
			return mutantError
		}
		return ""
	case tv.Value != nil && (tv.Value.Kind() == constant.Int && constant.Sign(tv.Value) == 0 || tv.Value.ExactString() == `""`):
		return "" // zero by another name
	case tv.Value != nil:
		if _, ok := e.(*ast.BasicLit); ok {
			return ""
		}
		if id, ok := e.(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
			return ""
		}
	}
	if c, ok := e.(*ast.CompositeLit); ok && len(c.Elts) == 0 {
		return ""
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
		if negatable(e) {
			return ""
		}
		return "!(" + g.text(e) + ")"
	}
	return g.zero(t)
}

// zero is the zero value of t, as it is written in the file.
func (g *generator) zero(t types.Type) string {
	if _, ok := t.(*types.TypeParam); !ok {
		switch u := t.Underlying().(type) {
		case *types.Basic:
			switch {
			case u.Info()&types.IsBoolean != 0:
				return "false"
			case u.Info()&types.IsString != 0:
				return `""`
			case u.Info()&types.IsNumeric != 0:
				return "0"
			}
			return "nil"
		case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
			return "nil"
		}
	}
	return "*new(" + g.typeText(t) + ")"
}

// typeText is the type as it is written in the file.
func (g *generator) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == g.path {
			return ""
		}
		return p.Name()
	})
}
