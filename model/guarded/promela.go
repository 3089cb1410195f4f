package guarded

import (
	"fmt"
	"strings"
)

// Promela returns the program as a model for SPIN: one process, one atomic
// step for each rule, one ltl block for each claim. With spin -DDUMP the
// verifier prints every step that it takes.
func (p *Program) Promela() string {
	var b strings.Builder
	for _, line := range append([]string{p.Name}, p.About...) {
		fmt.Fprintf(&b, "/* %s */\n", line)
	}
	b.WriteByte('\n')
	for _, m := range p.Maps {
		if m.Loaded {
			fmt.Fprintf(&b, loader, m.Name, len(m.Values), strings.ToUpper(m.Name))
			continue
		}
		fmt.Fprintf(&b, "#define %s(i) %s\n", strings.ToUpper(m.Name), m.choice())
	}
	b.WriteByte('\n')
	for _, v := range p.Vars {
		fmt.Fprintf(&b, "byte %s = %d;", v.Name, v.First)
		if len(v.Names) > 0 {
			b.WriteString(" /*")
			for n, name := range v.Names {
				if name != "" {
					fmt.Fprintf(&b, " %d %s", n, name)
				}
			}
			b.WriteString(" */")
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nactive proctype system()\n{\nend:\tdo\n")
	for i, r := range p.Rules {
		fmt.Fprintf(&b, "\t:: d_step { /* %s */\n\t\t%v ->\n", r.Label, r.When)
		fmt.Fprintf(&b, "#ifdef DUMP\n\t\tprintf(\"T %d \"); %s;\n#endif\n", i, p.dump())
		for _, v := range p.Vars {
			if v.Pulse {
				fmt.Fprintf(&b, "\t\t%s = 0;\n", v.Name)
			}
		}
		writeStmts(&b, r.Do, "\t\t")
		fmt.Fprintf(&b, "#ifdef DUMP\n\t\t%s; printf(\"\\n\");\n#endif\n", p.dump())
		b.WriteString("\t\tskip }\n")
	}
	b.WriteString("\tod\n}\n\n")
	for _, c := range p.Claims {
		fmt.Fprintf(&b, "/* %s */\nltl %s { %s }\n", c.about(p.Given), c.Name, c.formula())
	}
	return b.String()
}

func (c Claim) about(given string) string {
	text := c.Text
	if c.Reaches() {
		text = "possible, so this must fail: " + text
	}
	if c.given() && given != "" {
		text += "; if " + given
	}
	if c.why != "" {
		text += "; unless for ever: " + c.why
	}
	if c.fair != "" {
		how := "weakly"
		if c.strongly {
			how = "strongly"
		}
		text += "; " + how + " fair: " + c.fair
	}
	return text
}

// loader declares a map that is read from the environment: before main, or
// with -DDRIVER when the driver says so.
const loader = `c_decl {
	unsigned char %[1]s[%[2]d];
#ifndef DRIVER
	__attribute__((constructor))
#endif
	static void load_%[1]s(void) {
		char *e = getenv("MAP_%[3]s"); int i;
		if (!e) { fprintf(stderr, "MAP_%[3]s is not set\n"); exit(9); }
		for (i = 0; i < %[2]d; i++) %[1]s[i] = strtol(e, &e, 10);
	}
}
`

// choice returns the map as one expression over i.
func (m *Map) choice() string {
	counts := map[uint8]int{}
	var rest uint8 // the most frequent value stands for the indices not listed
	for _, v := range m.Values {
		if counts[v]++; counts[v] > counts[rest] {
			rest = v
		}
	}
	text, closing := "", ""
	for i, v := range m.Values {
		if v != rest {
			text += fmt.Sprintf("((i) == %d -> %d : ", i, v)
			closing += ")"
		}
	}
	return text + fmt.Sprint(rest) + closing
}

// dump prints every variable.
func (p *Program) dump() string {
	var names, verbs []string
	for _, v := range p.Vars {
		names, verbs = append(names, v.Name), append(verbs, "%d")
	}
	return fmt.Sprintf("printf(\"%s \", %s)", strings.Join(verbs, ","), strings.Join(names, ", "))
}

func writeStmts(b *strings.Builder, stmts []Stmt, indent string) {
	for _, s := range stmts {
		switch {
		case s.set != nil:
			fmt.Fprintf(b, "%s%s = %v;\n", indent, s.set.Name, s.to)
		case s.cond.op != "":
			fmt.Fprintf(b, "%sif\n%s:: %v ->\n", indent, indent, s.cond)
			writeStmts(b, s.then, indent+"\t")
			fmt.Fprintf(b, "%s\tskip\n%s:: else ->\n", indent, indent)
			writeStmts(b, s.otherwise, indent+"\t")
			fmt.Fprintf(b, "%s\tskip\n%sfi;\n", indent, indent)
		}
	}
}
