package explore

import (
	"fmt"
	"strconv"
	"strings"

	"accio/modelcheck"
)

// Chart is the session up to the difference as a Mermaid sequence chart, and what
// was expected in place of its last part.
func (d *Difference) Chart() string {
	const client, server = "client", "server"
	t := modelcheck.Trace[modelcheck.Message]{Property: d.Word.String()}
	add := func(from, to, text string) {
		t.Stem = append(t.Stem, modelcheck.Step[modelcheck.Message]{To: modelcheck.Message{From: from, To: to, Text: text}})
	}
	saw := func(now, before Seen) {
		came := now.since(before)
		if came.Said != "" {
			add(server, client, strconv.Quote(came.Said))
		}
		text := strings.TrimSpace(came.Notes)
		if came.Count != 0 {
			text += fmt.Sprintf(" (%d counted)", came.Count)
		}
		switch {
		case now.Ended:
			text += ", ended"
		case now.Closed && !before.Closed:
			text += ", its side closed"
		}
		if text = strings.TrimLeft(text, ", "); text != "" {
			add(server, "", text)
		}
	}
	before, inputs := Seen{}, d.Word.Inputs
	for i, now := range d.Seen {
		if n := i - 1; n >= 0 || d.Word.Early {
			if d.Word.Early {
				n++
			}
			inputs[n].draw(func(to, text string) { add(client, to, text) })
		}
		if i == len(d.Seen)-1 && i < len(d.Want) && now != d.Want[i] {
			saw(now, before)
			add(server, "", "expected: "+d.Want[i].since(before).String())
			break
		}
		saw(now, before)
		before = now
	}
	return t.Mermaid(func(_ modelcheck.Message, _ string, m modelcheck.Message) modelcheck.Message { return m })
}

// draw tells what the client does as a message to somebody, or a note to nobody.
func (in Input) draw(add func(to, text string)) {
	switch {
	case in.What == Stop:
		add("", "the server is told to stop")
	case in.What == Abort:
		add("", "the operator ends the connection")
	case in.What == Shut:
		add("", "takes nothing more")
	case in.What == Open:
		add("", "takes everything again")
	case in.What != Send:
		add("server", in.Name)
	case in.Bytes != "":
		add("server", strconv.Quote(in.Bytes))
	}
	if in.Pause > 0 {
		add("", fmt.Sprintf("nothing for %s", in.Pause))
	}
}
