package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// state remembers what suites said of mutants, in a file that is only added to:
// a run that was stopped goes on where it was.
type state struct {
	mutex sync.Mutex
	file  *os.File
	known map[string]decision // by mutant, suite and hash
	old   map[string]decision // killed ones by mutant and suite, whatever the hash
}

type decision struct{ verdict, by string }

func openState(name string) (*state, error) {
	s := &state{known: map[string]decision{}, old: map[string]decision{}}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 5 {
			d := decision{f[3], f[4]}
			s.known[f[0]+"\t"+f[1]+"\t"+f[2]] = d
			if d.verdict == killed {
				s.old[f[0]+"\t"+f[1]] = d
			}
		}
	}
	s.file, err = os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return s, err
}

// get returns what was decided of the same files, or, with trust, that the
// mutant was killed once.
func (s *state) get(m *mutant, by *suite, trust bool) (decision, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	d, ok := s.known[m.ID+"\t"+by.String()+"\t"+by.hash]
	if !ok && trust {
		d, ok = s.old[m.ID+"\t"+by.String()]
	}
	return d, ok
}

func (s *state) put(m *mutant, by *suite, d decision) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	fmt.Fprintf(s.file, "%s\t%s\t%s\t%s\t%s\n", m.ID, by, by.hash, d.verdict, d.by)
}
