// Package gosmtp explores github.com/emersion/go-smtp's server, as it is.
package gosmtp

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accio/examples/smtp-sink/rfc5321"
	"accio/explore"
	"accio/explore/simkernel"

	"github.com/emersion/go-smtp"
)

var update = flag.Bool("update", false, "write findings.txt")

const idle = 10 * time.Second

// sink takes every message.
type sink struct{}

func (sink) NewSession(*smtp.Conn) (smtp.Session, error) { return sink{}, nil }
func (sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (sink) Data(r io.Reader) error                      { _, err := io.Copy(io.Discard, r); return err }
func (sink) Reset()                                      {}
func (sink) Logout() error                               { return nil }

// serve runs a server until its listener is closed, or it is told to stop.
func serve(ctx context.Context, ln net.Listener) {
	s := smtp.NewServer(sink{})
	s.Domain, s.ReadTimeout, s.WriteTimeout = "sink.example", idle, idle
	s.ErrorLog = log.New(io.Discard, "", 0)
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(closed); s.Close() })
	s.Serve(ln)
	if stop() {
		s.Close()
	} else {
		<-closed
	}
}

var subject = explore.Hear(simkernel.Serve(serve), rfc5321.Classes)

// kind is what differs, after what.
type kind struct{ input, got, want string }

// found is a kind of difference, with the shortest word that shows it.
type found struct {
	words int
	rank  []int
	*explore.Difference
}

func TestFindings(t *testing.T) {
	alphabet, expected := rfc5321.Alphabet(idle), explore.Quiet(rfc5321.Server(idle))
	var mu sync.Mutex
	all := map[kind]*found{}
	n := explore.InShares(t, func(t *testing.T, mine func() bool) {
		rfc5321.Words(idle, func(w explore.Word) {
			if !mine() {
				return
			}
			d := explore.Run(subject, w, nil).Differs(w, expected)
			if d == nil {
				return
			}
			k := kind{input: "begin"}
			if n := len(d.Word.Inputs); n > 0 {
				k.input = d.Word.Inputs[n-1].Name
			}
			before := explore.Seen{}
			if n := len(d.Want); n > 1 {
				before = d.Want[n-2]
			}
			if d.Aspect != explore.Differs || len(d.Seen) == 0 || len(d.Want) == 0 {
				k.got = d.What
			} else {
				k.got, k.want = since(d.Seen[len(d.Seen)-1], before), since(d.Want[len(d.Want)-1], before)
			}
			rank := alphabet.Rank(d.Word)
			mu.Lock()
			defer mu.Unlock()
			f := all[k]
			if f == nil {
				f = &found{rank: rank, Difference: d}
				all[k] = f
			}
			if f.words++; slices.Compare(rank, f.rank) < 0 {
				f.rank, f.Difference = rank, d
			}
		})
	})
	var text strings.Builder
	fmt.Fprintf(&text, "%d words; of each kind of difference how many, and the first\n", n)
	for _, k := range slices.SortedFunc(maps.Keys(all), func(a, b kind) int { return slices.Compare(all[a].rank, all[b].rank) }) {
		f := all[k]
		fmt.Fprintf(&text, "\n%d words: after %q it is %q, want %q\n%s\n%s", f.words, k.input, k.got, k.want, f.Word, f.Chart())
	}
	if *update {
		if err := os.WriteFile("findings.txt", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile("findings.txt"); err != nil || text.String() != string(want) {
		t.Errorf("%v; findings.txt is not what is found now; go test -update writes it:\n%s", err, &text)
	}
}

func since(s, before explore.Seen) string {
	text := strings.TrimPrefix(s.Said, before.Said)
	if s.Ended {
		text += " ends"
	}
	return text
}

// It does not panic, ends at once when it is told to, and when the client has reset
// the connection, whenever that is. That a write has failed it does not mind.
func TestInject(t *testing.T) {
	var failed, ended atomic.Int32
	counts := explore.Check(t, explore.Suite{Subject: subject, Expect: explore.Like(subject), Alphabet: rfc5321.Alphabet(idle),
		Refusal: func(in *explore.Injected) string {
			if in.Ground.Refused() > 0 {
				failed.Add(1)
				if in.Seen[len(in.Seen)-1].Ended {
					ended.Add(1) // by something else
				}
			}
			return ""
		}})
	// How often the server calls its connection when it is closed by two sides is chance.
	if counts.Words != 12666 || counts.Shutdowns < 3400 || counts.Resets < 3400 || counts.Refusals < 3400 {
		t.Error(counts)
	}
	if failed.Load() < 1600 || ended.Load() > failed.Load()/10 {
		t.Errorf("writes have failed in %d sessions, of which %d have ended", failed.Load(), ended.Load())
	}
}
