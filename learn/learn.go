package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"accio/fsm"
	"accio/mealy"
)

// Options bound what is learned. The zero value of each has the meaning that it says.
type Options struct {
	Jobs      int           // runs of the program at the same time; 0 is 16
	Depth     int           // as of [mealy.Learner]
	MaxStates int           // 0 is 40
	Time      time.Duration // for random words; 0 is none
	Seed      uint64        // of them
	Tell      func(string)  // what is being done, if not nil
}

// Schema is the version of [Model] as JSON (docs/learning.md). Fields may be added
// to it; none changes its meaning.
const Schema = "accio-machine/1"

// Model is what was learned of a program.
type Model struct {
	Schema      string         `json:"schema"`
	Role        string         `json:"role"`
	Command     []string       `json:"command"`
	Depth       int            `json:"depth"` // as of [mealy.Learner]
	Seed        uint64         `json:"seed"`  // of the random words
	Queries     int            `json:"queries"`
	Inputs      int            `json:"inputs"` // in all queries
	Seconds     float64        `json:"seconds"`
	Partial     string         `json:"partial,omitempty"` // why the program may be more than this
	Greeting    string         `json:"greeting"`          // what is seen before the first input
	Machine     *mealy.Machine `json:"machine"`           // nil if nothing could be learned
	States      []string       `json:"states"`            // what each state of it is: one of the table, or extra
	Specified   *mealy.Machine `json:"specified"`         // what the table says
	Places      []string       `json:"places"`            // the state of the table for each of its states
	Differences []Difference   `json:"differences"`

	table *fsm.Table
}

// NondeterministicError says that the program answers the same inputs in different
// ways, and the transcripts of two runs of it.
type NondeterministicError struct {
	Word   mealy.Word
	First  []string
	Second []string
}

func (e *NondeterministicError) Error() string {
	return fmt.Sprintf("nondeterministic: the inputs %s are not always answered alike", strings.Join(e.Word, ", "))
}

// defaultSettle is how long nothing has to be seen before it is said.
const defaultSettle = 80 * time.Millisecond

// asker plays words side by side, and keeps what has come of them.
type asker struct {
	*Subject
	spec     *spec
	jobs     int
	mu       sync.Mutex
	known    map[string]string // the last output of a word
	greeting string
	played   int
	inputs   int
	tell     func(string)
}

func key(word mealy.Word) string { return strings.Join(word, " ") }

// outputs are those that are known of a word, the greeting first.
func (a *asker) outputs(word mealy.Word) (out mealy.Word) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.greeting == "" {
		return nil
	}
	out = mealy.Word{a.greeting}
	for i := range word {
		o, ok := a.known[key(word[:i+1])]
		if !ok {
			return out
		}
		if out = append(out, o); ended(o) {
			return out
		}
	}
	return out
}

// ask is the learner's.
func (a *asker) ask(ctx context.Context, words []mealy.Word) ([]mealy.Word, error) {
	answers := make([]mealy.Word, len(words))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	free := make(chan struct{}, a.jobs)
	for i, word := range words {
		if out := a.outputs(word); len(out) == len(word)+1 || len(out) > 1 && ended(out[len(out)-1]) {
			answers[i] = out[1:]
			continue
		}
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			var err error
			if answers[i], err = a.one(ctx, word); err != nil {
				stop(err) // the first counts
			}
		})
	}
	running.Wait()
	return answers, context.Cause(ctx)
}

// one plays a word that is not known. An answer that is another than before is
// asked again.
func (a *asker) one(ctx context.Context, word mealy.Word) (mealy.Word, error) {
	known := a.outputs(word)
	out, log, err := a.run(ctx, word, known, a.Settle)
	if err != nil {
		return nil, err
	}
	if agree(out, known) {
		return a.keep(word, out)
	}
	return a.again(ctx, word, version{out: out, log: log})
}

// version is an answer to a word.
type version struct {
	out   mealy.Word
	log   []string
	votes int
}

// again plays a word several times, without haste, and keeps what three of four times is
// said: a machine that stood still now and then makes some of them say something else.
func (a *asker) again(ctx context.Context, word mealy.Word, first version) (mealy.Word, error) {
	const least, most = 4, 15
	versions := []version{first}
	for played := 1; played <= most; played++ {
		out, log, err := a.run(ctx, word, nil, 4*a.Settle)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(versions, func(v version) bool { return slices.Equal(v.out, out) })
		if i < 0 {
			i = len(versions)
			versions = append(versions, version{out: out, log: log})
		}
		if versions[i].votes++; versions[i].votes >= least && 4*versions[i].votes >= 3*played {
			return a.keep(word, versions[i].out)
		}
	}
	slices.SortStableFunc(versions, func(x, y version) int { return cmp.Compare(y.votes, x.votes) })
	return nil, &NondeterministicError{word, versions[0].log, versions[1].log}
}

// agree reports whether what was seen is what is known, as far as that goes.
func agree(out, known mealy.Word) bool {
	n := min(len(out), len(known))
	return slices.Equal(out[:n], known[:n])
}

func (a *asker) run(ctx context.Context, word, known mealy.Word, settle time.Duration) (mealy.Word, []string, error) {
	out, log, err := a.play(ctx, a.spec, word, known, settle)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.played++
	a.inputs += len(word)
	if a.tell != nil {
		a.tell(fmt.Sprintf("%d runs of the program, with %d inputs", a.played, a.inputs))
	}
	return out, log, err
}

// keep writes an answer down.
func (a *asker) keep(word, out mealy.Word) (mealy.Word, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.greeting = out[0]
	if len(out) == 1 && len(word) > 0 { // it ends before any input, and whatever comes
		out = append(out, out[0])
	}
	for i := 1; i < len(out); i++ {
		a.known[key(word[:i])] = out[i]
	}
	return out[1:], nil
}

// silent is 0 for a word with silence in it, else 1.
func silent(word mealy.Word) int {
	if slices.Contains(word, Silence) {
		return 0
	}
	return 1
}

// Learn learns the program. With an error the model is what is known so far; its
// machine may be nil.
func Learn(ctx context.Context, s *Subject, t *fsm.Table, o Options) (*Model, error) {
	begun := time.Now()
	if s.Settle == 0 {
		s.Settle = defaultSettle
	}
	sp := newSpec(t)
	a := &asker{Subject: s, spec: sp, jobs: o.Jobs, known: map[string]string{}, tell: o.Tell}
	if a.jobs == 0 {
		a.jobs = 16
	}
	if o.MaxStates == 0 {
		o.MaxStates = 40
	}
	m := &Model{Schema: Schema, Role: t.Role, Command: s.Command, Depth: o.Depth, Seed: o.Seed, Specified: sp.machine, Differences: []Difference{}, table: t}
	for _, p := range sp.places {
		m.Places = append(m.Places, string(p.state))
	}
	err := a.model(ctx, m, o)
	if err != nil {
		m.Partial = err.Error()
	}
	m.Queries, m.Inputs, m.Seconds = a.played, a.inputs, time.Since(begun).Seconds()
	return m, err
}

// model learns and compares, and does so again where that finds an answer wrong.
func (a *asker) model(ctx context.Context, m *Model, o Options) error {
	const rounds = 5
	var err error
	for range rounds {
		var result mealy.Result
		result, err = a.learn(ctx, o)
		m.Machine, m.Greeting, m.Partial = result.Machine, a.greeting, ""
		bounded := errors.Is(err, mealy.ErrTooManyStates)
		if bounded {
			m.Partial = err.Error()
		}
		if m.Machine == nil || err != nil && !bounded && ctx.Err() == nil {
			return err
		}
		compared := a.compare(ctx, m)
		if err == nil || bounded {
			err = compared
		}
		if !errors.Is(compared, errMistaken) {
			return err
		}
	}
	return err
}

// learn begins anew where an answer turned out to be wrong; what is known costs
// nothing.
func (a *asker) learn(ctx context.Context, o Options) (mealy.Result, error) {
	if _, err := a.one(ctx, nil); err != nil {
		return mealy.Result{}, err
	}
	// What the table has, the program may have: that is asked first and all at once,
	// what costs an idle limit at the head.
	extra := a.spec.machine.Suite(0, ended)
	slices.SortStableFunc(extra, func(x, y mealy.Word) int { return cmp.Compare(silent(x), silent(y)) })
	if _, err := a.ask(ctx, extra); err != nil {
		return mealy.Result{}, err
	}
	random := rand.New(rand.NewPCG(o.Seed, 0))
	var until time.Time
	const rounds = 10
	var result mealy.Result
	var err error
	for range rounds {
		l := &mealy.Learner{Inputs: a.spec.machine.Inputs, Ask: a.ask, Ended: ended, MaxStates: o.MaxStates, Depth: o.Depth, Extra: extra}
		l.Random = func(m *mealy.Machine) (words []mealy.Word) {
			if until.IsZero() {
				until = time.Now().Add(o.Time)
			}
			if !time.Now().Before(until) {
				return nil
			}
			sample := m.Sampler(random, 3)
			for range 8 * a.jobs {
				if w := sample(); !slices.Contains(w, Silence) { // each costs its limit
					words = append(words, w)
				}
			}
			return words
		}
		result, err = l.Learn(ctx)
		if _, conflict := errors.AsType[*mealy.ConflictError](err); !conflict {
			return result, err
		}
	}
	return result, err
}
