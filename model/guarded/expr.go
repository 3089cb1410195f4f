package guarded

import (
	"fmt"
	"strings"
)

// Expr is an expression over the variables; a condition is 0 or 1. The zero
// value is invalid.
type Expr struct {
	op   string // "num", "var", "map", "if", or an operator of Promela
	n    uint8
	v    *Var
	m    *Map
	args []Expr
}

// Num is a constant.
func Num(n uint8) Expr { return Expr{op: "num", n: n} }

// Is compares v with a constant.
func (v *Var) Is(n uint8) Expr { return v.Get().Is(n) }

// Get is the value of v.
func (v *Var) Get() Expr { return Expr{op: "var", v: v} }

// At is the value of m at index i. It must be in range wherever it is asked for.
func (m *Map) At(i Expr) Expr { return Expr{op: "map", m: m, args: []Expr{i}} }

// Is compares with a constant.
func (e Expr) Is(n uint8) Expr { return e.Eq(Num(n)) }

// Eq is equality.
func (e Expr) Eq(f Expr) Expr { return binary("==", e, f) }

// Below is less-than.
func (e Expr) Below(f Expr) Expr { return binary("<", e, f) }

// Plus adds; it must stay below 256.
func (e Expr) Plus(f Expr) Expr { return binary("+", e, f) }

// Times multiplies; it must stay below 256.
func (e Expr) Times(f Expr) Expr { return binary("*", e, f) }

// Minus subtracts; it must not go below zero.
func (e Expr) Minus(f Expr) Expr { return binary("-", e, f) }

// Not negates a condition.
func Not(e Expr) Expr { return Expr{op: "!", args: []Expr{e}} }

// And is true if all are; of none it is true.
func And(es ...Expr) Expr { return fold("&&", 1, es) }

// Or is true if any is; of none it is false.
func Or(es ...Expr) Expr { return fold("||", 0, es) }

// Implies is true unless e is true and f is not.
func (e Expr) Implies(f Expr) Expr { return Or(Not(e), f) }

// Cond is one value or the other.
func Cond(cond, then, otherwise Expr) Expr {
	return Expr{op: "if", args: []Expr{cond, then, otherwise}}
}

func binary(op string, e, f Expr) Expr { return Expr{op: op, args: []Expr{e, f}} }

func fold(op string, none uint8, es []Expr) Expr {
	if len(es) == 0 {
		return Num(none)
	}
	all := es[0]
	for _, e := range es[1:] {
		all = binary(op, all, e)
	}
	return all
}

// String returns the expression in Promela.
func (e Expr) String() string {
	switch e.op {
	case "num":
		return fmt.Sprint(e.n)
	case "var":
		return e.v.Name
	case "map":
		if e.m.Loaded {
			return fmt.Sprintf("c_expr { %s[%s] }", e.m.Name, e.args[0].c())
		}
		return fmt.Sprintf("%s(%v)", strings.ToUpper(e.m.Name), e.args[0])
	case "!":
		return fmt.Sprintf("!(%v)", e.args[0])
	case "if":
		return fmt.Sprintf("(%v -> %v : %v)", e.args[0], e.args[1], e.args[2])
	default:
		return fmt.Sprintf("(%v %s %v)", e.args[0], e.op, e.args[1])
	}
}

// c returns the expression in C, as the verifier sees the variables.
func (e Expr) c() string {
	switch e.op {
	case "num":
		return fmt.Sprint(e.n)
	case "var":
		return "now." + e.v.Name
	case "+", "*":
		return fmt.Sprintf("(%s %s %s)", e.args[0].c(), e.op, e.args[1].c())
	}
	panic("guarded: not possible in the index of a loaded map: " + e.op)
}
