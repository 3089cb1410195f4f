package explore

import (
	"strings"
)

// Arc is one step of a learned machine: from a key by an input to a key, and what
// was seen of it.
type Arc struct {
	From, To any
	Input    string // its name
	Seen     Seen   // what came to it
}

// Learned is a machine that was explored by state: each of its keys and arcs with
// the first word that leads to it, or takes it.
type Learned struct {
	Keys map[any]Word
	Arcs map[Arc]Word
	Ran  int // words that were played
}

// Learn explores a server by state: a word after which it has a key ([Said]) that
// was seen before is not extended. Skip says which inputs are left out after a key,
// so that there is an end of them; it may be nil. It has to be called in a bubble.
func (a Alphabet) Learn(subject Subject, skip func(key any, in Input) bool) Learned {
	return a.learn(func(w Word) ([]Seen, any) {
		s := Run(subject, w, nil)
		return s.Seen, s.Key
	}, skip)
}

// Expected is Learn of an expectation.
func (a Alphabet) Expected(of Expectation, skip func(key any, in Input) bool) Learned {
	return a.learn(func(w Word) ([]Seen, any) { return of.Expect(w), of.Key(w) }, skip)
}

func (a Alphabet) learn(run func(w Word) ([]Seen, any), skip func(key any, in Input) bool) Learned {
	type place struct {
		Word
		key   any
		ended bool
	}
	seen, key := run(Word{})
	l := Learned{map[any]Word{key: {}}, map[Arc]Word{}, 1}
	for queue := []place{{Word{}, key, ended(seen)}}; len(queue) > 0; queue = queue[1:] {
		from := queue[0]
		for _, in := range a {
			if from.ended || !from.possible(in) || skip != nil && skip(from.key, in) {
				continue
			}
			w := from.Then(in)
			list, key := run(w)
			l.Ran++
			arc := Arc{from.key, key, in.Name, list[len(list)-1].since(list[max(0, len(list)-2)])}
			if _, known := l.Arcs[arc]; !known {
				l.Arcs[arc] = w
			}
			if _, known := l.Keys[key]; !known {
				l.Keys[key] = w
				queue = append(queue, place{w, key, ended(list)})
			}
		}
	}
	return l
}

// since is what came to what was seen before.
func (s Seen) since(before Seen) Seen {
	s.Notes = strings.TrimPrefix(s.Notes, before.Notes)
	s.Said = strings.TrimPrefix(s.Said, before.Said)
	s.Count -= before.Count
	return s
}

// Missing calls f for each key and each arc that l has and the other has not.
func (l Learned) Missing(other Learned, f func(w Word, what any)) {
	for k, w := range l.Keys {
		if _, ok := other.Keys[k]; !ok {
			f(w, k)
		}
	}
	for arc, w := range l.Arcs {
		if _, ok := other.Arcs[arc]; !ok {
			f(w, arc)
		}
	}
}
