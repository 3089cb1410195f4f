package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
	"accio/transport"
)

// wire is a listener of net.Pipe connections for a transport.Server.
type wire struct{ pipes }

func (w wire) Accept() (transport.Incoming, error) {
	c, err := w.pipes.Accept()
	return wired{c}, err
}

func (w wire) Addr() netip.AddrPort { return peer }

type wired struct{ net.Conn }

func (w wired) Discard() (int64, error) {
	n, err := w.Read(make([]byte, 1<<10))
	return int64(n), err
}

func (w wired) CloseWrite() error      { return nil }
func (w wired) Remote() netip.AddrPort { return peer }

// The page says of every part of every confirmation what the log says of it when
// no more comes, and how long the client has.
func TestPageAndLogAgreeOnWhatIsMissing(t *testing.T) {
	header, cuts := "", 0
	for _, a := range protocol.Server.Activities {
		if a.Action != fsm.Expect {
			continue
		}
		for got := range len(a.Text) {
			t.Run(fmt.Sprintf("%s %d", a.State, got), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { agreeOnWhatIsMissing(t, header, a, got) })
			})
			cuts++
		}
		header += a.Text
	}
	require.Ran(t, "cuts", cuts, 15+23)
}

func agreeOnWhatIsMissing(t *testing.T, before string, a fsm.Activity, got int) {
	ctx, stop := context.WithCancel(t.Context())
	ln := wire{pipes{make(chan net.Conn), make(chan struct{})}}
	server, o := &transport.Server{Table: &protocol.Server, IdleTimeout: 10 * time.Second}, NewObserver(&protocol.Server)
	server.Accepted, server.Observe = o.Accepted, o.Observe
	server.Result = func(r transport.Result) error { o.Ended(r); return nil }
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	p := newReporter(About{Observer: o, Serving: server.Serving, Ready: func() bool { return true }, IdleLimit: server.IdleTimeout})
	c := ln.dial()
	go io.Copy(io.Discard, c)
	for _, b := range []byte(before + a.Text[:got]) {
		before := p.moment()
		send(c, string(b))
		synctest.Wait()
		if now := p.moment(); now.same(&before) {
			t.Error("a byte is no news")
		}
	}
	for _, silence := range []time.Duration{0, 4 * time.Second, 5 * time.Second} {
		time.Sleep(silence)
		synctest.Wait()
		s := snapshotOf(p).Serving[0]
		if s.State != a.State || s.Arrived != got || s.Expected != len(a.Text) || (s.Missing == "") != (got == 0) {
			t.Errorf("%+v", s)
		}
		if want := map[time.Duration]float64{0: 10, 4 * time.Second: 6, 5 * time.Second: 1}[silence]; math.Abs(s.Left-want) > 1e-9 {
			t.Errorf("%v s are left, want %v", s.Left, want)
		}
		w := httptest.NewRecorder()
		p.page(w, nil)
		said := fmt.Sprintf("in %s, %d of %d bytes", a.State, got, len(a.Text))
		if got > 0 {
			said += ", " + strings.NewReplacer(`"`, "&#34;").Replace(s.Missing)
		}
		if !bytes.Contains(w.Body.Bytes(), []byte("<td>"+said+"</td>")) {
			t.Errorf("the page does not say %q:\n%s", said, w.Body)
		}
	}
	silent := p.moment()
	time.Sleep(time.Second / 2)
	if now := p.moment(); !now.same(&silent) {
		t.Error("silence is news")
	}
	missing := snapshotOf(p).Serving[0].Missing
	time.Sleep(time.Second / 2)
	synctest.Wait()
	end := snapshotOf(p).Recent[0]
	if end.From != a.State || end.Event != fsm.TimedOut || !strings.Contains(end.Hint, missing) {
		t.Errorf("missing was %q; %+v", missing, end)
	}
	stop()
	ln.Close()
	c.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
