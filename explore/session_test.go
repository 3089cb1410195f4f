package explore

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/require"
)

// echo notes each byte that it echoes, ends at a dot, and goes on for ever at an
// exclamation mark.
var echo = Engine(func(ctx context.Context, c *Conn, s *Session) {
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	at := byte(0)
	c.Report(func() Said { return Said{Count: int64(at), Key: string(at)} })
	p := make([]byte, 1)
	for {
		if _, err := c.Read(p); err != nil {
			return
		}
		if _, err := c.Write(p); err != nil {
			return
		}
		at = p[0]
		for s.Note("echoed"); at == '!'; {
			s.Note("again")
		}
		switch at {
		case '.':
			return
		case '/':
			c.CloseWrite()
		case '?':
			panic("what?")
		}
	}
})

// What is different is told, by the first input after which it is.
func TestDifferences(t *testing.T) {
	right := []Seen{{}, {Notes: "echoed ", Said: "a", Count: 'a'}, {Notes: "echoed echoed ", Said: "a.", Count: '.', Ended: true}}
	word := Word{}.Then(Text("a", "a"), Text("dot", "."))
	ran := 0
	for _, test := range []struct {
		word   Word
		change func(list []Seen) []Seen
		want   string
	}{
		{word, func(l []Seen) []Seen { return l }, ""},
		{word, func(l []Seen) []Seen { l[0].Said = "hello"; return l }, `: "" said, want "hello" said`},
		{word, func(l []Seen) []Seen { l[1].Notes = ""; return l }, `a: [echoed] "a" said, 97 counted, want "a" said, 97 counted`},
		{word, func(l []Seen) []Seen { l[1].Count++; return l }, `a: [echoed] "a" said, 97 counted, want [echoed] "a" said, 98 counted`},
		{word, func(l []Seen) []Seen { l[1].Closed = true; return l }, `a: [echoed] "a" said, 97 counted, want [echoed] "a" said, 97 counted, its side closed`},
		{word, func(l []Seen) []Seen { l[2].Ended = false; return l }, `a dot: [echoed echoed] "a." said, 46 counted, ended, want [echoed echoed] "a." said, 46 counted`},
		{word, func(l []Seen) []Seen { return append(l, Seen{}) }, `a dot: ended after 2 inputs, want 3`},
		{word, func(l []Seen) []Seen { return l[:2] }, `a dot: ended after 2 inputs, want 1`},
		{Word{}.Then(Text("?", "?")), nil, "?: what?"},
		{Word{}.Then(Text("!", "!")), nil, "!: more events than any session has"},
		{Word{Early: true}.Then(Text("a", "a"), Text("dot", ".")), func(l []Seen) []Seen { return l[1:] }, ""},
		{Word{Early: true}.Then(Text("a", "a"), Text("dot", ".")), func(l []Seen) []Seen { l[1].Count++; return l[1:] },
			`(early) a: [echoed] "a" said, 97 counted, want [echoed] "a" said, 98 counted`},
		{Word{}.Then(Text("/", "/")), func([]Seen) []Seen { return []Seen{{}, {Notes: "echoed ", Said: "/", Count: '/', Closed: true}} }, ""},
	} {
		ran++
		synctest.Test(t, func(t *testing.T) {
			want := append([]Seen(nil), right...)
			if test.change != nil {
				want = test.change(want)
			}
			d, text := Run(echo, test.word, nil).Differs(test.word, listed(want)), ""
			if d != nil {
				text = d.String()
			}
			if text != test.want {
				t.Errorf("%q, want %q", text, test.want)
			}
		})
	}
	require.Ran(t, "differences", ran, 13)
}

// listed expects the same of every word.
type listed []Seen

func (l listed) Expect(Word) []Seen { return l }
func (l listed) Key(Word) any       { return nil }

// A server is like itself, and the machine that is learned of it is its own; of
// another one it is told what it lacks.
func TestLearnAndLike(t *testing.T) {
	letters := Alphabet{Text("a", "a"), Text("b", "b"), Text("dot", "."), {Name: "end", What: End}}
	other := Engine(func(ctx context.Context, c *Conn, s *Session) {
		defer context.AfterFunc(ctx, func() { c.Close() })()
		io.WriteString(netConn{c}, "b")
		io.Copy(io.Discard, c)
	})
	synctest.Test(t, func(t *testing.T) {
		words := 0
		letters.Words(Like(echo), 3, func(w Word, maximal bool) {
			words++
			if d := Run(echo, w, nil).Differs(w, Like(echo)); d != nil {
				t.Error(d)
			}
		})
		require.Ran(t, "words", words, 1+4+2*4+4*4+4+2*4+4*4)
		got, want := letters.Learn(echo, nil), letters.Expected(Like(echo), nil)
		require.Ran(t, "keys", len(got.Keys), 4) // the beginning, a, b, the dot; the end leaves it where it was
		require.Ran(t, "arcs", len(got.Arcs), 3*4)
		got.Missing(want, func(w Word, what any) { t.Errorf("%s: %v", w, what) })
		want.Missing(got, func(w Word, what any) { t.Errorf("%s: %v", w, what) })
		missing := 0
		got.Missing(letters.Learn(other, nil), func(w Word, what any) { missing++ })
		require.Ran(t, "what another one lacks", missing, 4+3*4)
	})
}

// What a server of package net's sees of a connection.
func TestNetConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := netConn{NewConn()}
		c.Limit(2)
		if n, err := c.Write([]byte("hello")); n != 5 || err != nil || c.Said() != "hello" {
			t.Errorf("%d, %v, %q", n, err, c.Said())
		}
		c.Stall(3)
		c.SetWriteDeadline(time.Now().Add(time.Second))
		if n, err := c.Write([]byte("hello")); n != 3 || err == nil || c.Said() != "hellohel" {
			t.Errorf("%d, %v, %q", n, err, c.Said())
		}
		began := time.Now()
		c.SetReadDeadline(time.Now().Add(time.Minute))
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || time.Since(began) != time.Minute {
			t.Errorf("%d, %v after %s", n, err, time.Since(began))
		}
		c.SetDeadline(time.Time{})
		time.AfterFunc(time.Hour, func() { c.Close() })
		if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(began) != time.Minute+time.Hour {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// A chart has the word, what was seen of it, and what was wanted.
func TestChart(t *testing.T) {
	letters := Alphabet{Text("m", "m"), Silence("pause", 9*time.Second), {Name: "shut", What: Shut}, {Name: "end", What: End}}
	w := Word{}.Then(letters...)
	synctest.Test(t, func(t *testing.T) {
		table := doorman.Clone()
		for i, tr := range table.Transitions {
			if tr.From == "Listen" && tr.Event == fsm.Closed {
				table.Transitions[i].To = "Welcome"
			}
		}
		d := Run(Serve(serveDoor("")), w, nil).Differs(w, Quiet(Table(&table, patience, nil)))
		if d == nil {
			t.Fatal("no difference")
		}
		const want = `sequenceDiagram
    title m pause shut end
    participant p0 as server
    participant p1 as client
    p0->>p1: "who?\n"
    p1->>p0: "m"
    Note over p1: nothing for 9s
    Note over p1: takes nothing more
    p1->>p0: end
    Note over p0: ended
    Note over p0: expected: "" said
`
		if got := d.Chart(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}
