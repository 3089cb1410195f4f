package guarded_test

import (
	"slices"
	"strings"
	"testing"

	. "accio/model/guarded"
	"accio/modelcheck"
)

// Every operation means in Go what it says in Promela.
func TestExpressions(t *testing.T) {
	var p Program
	x := p.Var("x", 3)
	m := p.Map("double", []uint8{0, 2, 4, 6})
	s := p.Initial()
	for _, test := range []struct {
		e       Expr
		want    uint8
		promela string
	}{
		{Num(7), 7, "7"},
		{x.Get(), 3, "x"},
		{x.Is(3), 1, "(x == 3)"},
		{x.Is(4), 0, "(x == 4)"},
		{Num(2).Eq(x.Get()), 0, "(2 == x)"},
		{x.Get().Below(Num(4)), 1, "(x < 4)"},
		{x.Get().Below(Num(3)), 0, "(x < 3)"},
		{x.Get().Plus(Num(2)), 5, "(x + 2)"},
		{x.Get().Minus(Num(2)), 1, "(x - 2)"},
		{x.Get().Times(Num(2)), 6, "(x * 2)"},
		{Not(x.Is(3)), 0, "!((x == 3))"},
		{And(), 1, "1"},
		{Or(), 0, "0"},
		{And(x.Is(3), x.Is(4)), 0, "((x == 3) && (x == 4))"},
		{Or(x.Is(4), x.Is(3)), 1, "((x == 4) || (x == 3))"},
		{x.Is(4).Implies(Num(0)), 1, "(!((x == 4)) || 0)"},
		{x.Is(3).Implies(Num(0)), 0, "(!((x == 3)) || 0)"},
		{Cond(x.Is(3), Num(1), Num(2)), 1, "((x == 3) -> 1 : 2)"},
		{m.At(x.Get()), 6, "DOUBLE(x)"},
	} {
		if got := test.e.Eval()(s); got != test.want {
			t.Errorf("%v is %d, want %d", test.e, got, test.want)
		}
		if got := test.e.String(); got != test.promela {
			t.Errorf("%s, want %s", got, test.promela)
		}
	}
}

// counter counts to 3 and starts again; a flag marks the start.
func counter() *Program {
	p := &Program{Name: "counter"}
	n, again := p.Var("n", 1), p.Flag("again")
	p.Rule("count", n.Get().Below(Num(3)), Set(n, n.Get().Plus(Num(1))))
	p.Rule("again", n.Is(3), If(n.Is(3), []Stmt{Set(n, Num(0)), Set(again, Num(1))}, Set(n, Num(9))))
	p.Claim(
		Always("small", "n is small", n.Get().Below(Num(4))),
		Sometimes("zero", "n is zero", n.Is(0)),
		Eventually("nine", "n is nine", n.Is(9)),
		Eventually("nine_unless", "n is nine", n.Is(9)).Unless("it starts again", again.Is(1)),
		LeadsTo("back", "1 leads to 3", n.Is(1), n.Is(3)),
	)
	return p
}

// A flag is down after every step that does not raise it.
func TestSystem(t *testing.T) {
	r := counter().Check(modelcheck.Limit{})
	if r.States != 4 || r.Edges != 4 {
		t.Error(r)
	}
	for i, want := range []modelcheck.Outcome{modelcheck.Holds, modelcheck.Holds, modelcheck.Violated, modelcheck.Vacuous, modelcheck.Holds} {
		if r.Verdicts[i].Outcome != want {
			t.Errorf("%v: %v, want %v", r.Verdicts[i].Property, r.Verdicts[i].Outcome, want)
		}
	}
}

func TestPromela(t *testing.T) {
	p := counter()
	p.Map("none", []uint8{5, 5, 7})
	p.Map("later", []uint8{1, 2}).Loaded = true
	text := p.Promela()
	for _, want := range []string{
		"byte n = 1;\n", "#define NONE(i) ((i) == 2 -> 7 : 5)\n", "unsigned char later[2];", `getenv("MAP_LATER")`,
		"(n < 3) ->\n", "\t\tagain = 0;\n\t\tn = (n + 1);\n",
		"ltl small { [] ((n < 4)) }\n", "ltl zero { [] !((n == 0)) }\n",
		"ltl nine_unless { (<> ((n == 9))) || ([] <> ((again == 1))) }\n", "ltl back { [] (((n == 1)) -> <> ((n == 3))) }\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// What a claim rests on is said with its verdict and in the Promela, and that it
// does not rest on Given is said by leaving that out.
func TestPremisesThatAreSaid(t *testing.T) {
	p := counter()
	p.Given = "it goes on"
	n := p.Vars[0]
	back := func(name string) Claim { return LeadsTo(name, name, n.Is(1), n.Is(3)) }
	claims := []Claim{
		Always("always", "always", n.Get().Below(Num(4))),
		back("bare"),
		back("weakly").Fair("all", false, Num(1), Num(0)),
		back("strongly").Fair("all", true, Num(1), Num(0)),
		back("only").Fair("all", false, Num(1), Num(0)).Only(),
	}
	p.Claims = claims
	verdicts, text := p.Check(modelcheck.Limit{}).Verdicts, p.Promela()
	for i, want := range [][]string{nil, {"if it goes on"}, {"if it goes on", "weakly fair: all"}, {"if it goes on", "strongly fair: all"}, {"weakly fair: all"}} {
		comment := "/* " + strings.Join(append([]string{claims[i].Text}, want...), "; ") + " */\nltl "
		if got := verdicts[i].Premises; !slices.Equal(got, want) || !strings.Contains(text, comment) {
			t.Errorf("%s: %q, want %q, and %q in\n%s", claims[i].Name, got, want, comment, text)
		}
	}
}

// There is room for 256 bits, and a variable is whole in one of the four words.
func TestRoomForVariables(t *testing.T) {
	panics := func(do func()) (text any) {
		defer func() { text = recover() }()
		do()
		return nil
	}
	for most, fit := range map[uint8]int{255: 32, 1: 256, 15: 64, 16: 48, 3: 128, 4: 84} {
		p := Program{Name: "p"}
		for i := range fit {
			p.VarTo("v", uint8(i)%most, most)
		}
		s := p.Initial()
		for i, v := range p.Vars {
			if v.Value(s) != uint8(i)%most {
				t.Errorf("up to %d: variable %d is %d", most, i, v.Value(s))
			}
		}
		p.Vars[fit/2].Put(&s, most)
		p.Vars[fit/2].Put(&s, p.Vars[fit/2].First)
		if s != p.Initial() {
			t.Errorf("up to %d: another variable has changed", most)
		}
		if got := panics(func() { p.VarTo("one more", 0, most) }); got != "guarded: p: no room for one more in 256 bits" {
			t.Errorf("up to %d: %v", most, got)
		}
	}
	var p Program
	x := p.VarTo("x", 0, 5)
	p.Rule("too much", Not(x.Is(7)), Set(x, x.Get().Plus(Num(1)))) // it is not 7, which has the bits for it
	if got := panics(func() { p.Check(modelcheck.Limit{}) }); got != "guarded: x: 6 is more than 5" {
		t.Error(got)
	}
	if p.Var("y", 0); Or(x.Is(8), x.Is(9)).Test()(p.Initial()) || !Not(x.Is(8)).Test()(p.Initial()) {
		t.Error("a value that it never has")
	}
}

// A mutant lacks one rule, or one thing that a rule waits for; the program
// stays as it is.
func TestMutants(t *testing.T) {
	var p Program
	x, y := p.Var("x", 0), p.Var("y", 0)
	p.Rule("both", And(x.Is(0), y.Is(0)), Set(x, Num(1)))
	p.Rule("always", Num(1), Set(y, Num(1)))
	before := p.Promela()
	want := []string{"both: missing", "both: without (x == 0)", "both: without (y == 0)", "always: missing", "always: without 1"}
	whens := []string{"1", "(y == 0)", "(x == 0)", "((x == 0) && (y == 0))", "((x == 0) && (y == 0))"}
	mutants := p.Mutants()
	if len(mutants) != len(want) {
		t.Fatal(mutants)
	}
	for i, m := range mutants {
		rules := len(p.Rules)
		if strings.HasSuffix(m.Name, ": missing") {
			rules--
		}
		if m.Name != want[i] || len(m.Program.Rules) != rules || m.Program.Rules[0].When.String() != whens[i] {
			t.Errorf("%s: %v", m.Name, m.Program.Rules)
		}
	}
	if p.Promela() != before {
		t.Error("the program has changed")
	}
}
