package live

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"
)

func parseMessage(t *testing.T, text []byte) (event string, s Snapshot) {
	t.Helper()
	name, data, _ := bytes.Cut(text, []byte("\ndata: "))
	if !bytes.HasSuffix(data, []byte("\n\n")) || bytes.Count(data, []byte("\n")) != 2 {
		t.Fatalf("not one event: %q", text)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimPrefix(name, []byte("event: "))), s
}

func (h *hub) mustJoin(t *testing.T) (*client, Snapshot) {
	t.Helper()
	c, first, ok := h.join()
	if !ok {
		t.Fatal("not let in")
	}
	event, s := parseMessage(t, first)
	if event != "snapshot" {
		t.Fatalf("the first event is %q", event)
	}
	return c, s
}

// Whoever comes later gets the same, and nothing twice.
func TestHubTellsWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&small)
		h := newHub(f.reporter())
		f.session(1, good...)
		early, s := h.mustJoin(t)
		if len(s.Recent) != 1 {
			t.Errorf("snapshot: %+v", s)
		}
		f.session(2, bad...)
		late, s := h.mustJoin(t)
		if len(s.Recent) != 2 {
			t.Errorf("late snapshot: %+v", s)
		}
		f.session(4, good...)
		time.Sleep(minPause)
		for c, n := range map[*client]int{early: 2, late: 1} {
			event, u := parseMessage(t, <-c.updates)
			wantCounts(t, u, 3, 0, 2, 1)
			if event != "update" || len(u.Recent) != n || u.Recent[0].Connection != 3 || u.Bytes != 7 || u.Instance != s.Instance || u.Dropped {
				t.Errorf("%s: %+v", event, u)
			}
		}
		h.leave(early)
		h.leave(late)
		h.close()
		h.running.Wait()
	})
}

// Updates come no more often than minPause, and only if something changed; the
// hub rests when nobody listens.
func TestHubCoalesces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&small)
		h := newHub(f.reporter())
		c, _ := h.mustJoin(t)
		received := 0
		go func() {
			for range c.updates {
				received++
			}
		}()
		for range 1000 {
			f.session(1, good...)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(minPause)
		synctest.Wait()
		if received != 10 {
			t.Errorf("%d updates in 1.1 s", received)
		}
		before := received
		time.Sleep(time.Hour)
		if synctest.Wait(); received != before {
			t.Errorf("%d updates of nothing", received-before)
		}
		h.leave(c)
		time.Sleep(maxPause)
		synctest.Wait()
		if h.mu.Lock(); h.ticking {
			t.Error("it does not rest")
		}
		h.mu.Unlock()
		h.running.Wait()
		c, _ = h.mustJoin(t)
		f.session(1, good...)
		time.Sleep(maxPause)
		if _, u := parseMessage(t, <-c.updates); len(u.Recent) != 1 {
			t.Errorf("after a rest: %+v", u)
		}
		h.leave(c)
		h.close()
		h.running.Wait()
	})
}

// One who does not read is dropped; the others miss nothing.
func TestHubDropsTheSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&small)
		h := newHub(f.reporter())
		slow, _ := h.mustJoin(t)
		quick, _ := h.mustJoin(t)
		time.Sleep(minPause / 2) // between two ticks
		const rounds = clientQueue + 3
		for i := range rounds {
			f.session(1, good...)
			time.Sleep(minPause)
			if _, u := parseMessage(t, <-quick.updates); u.Connections.OK != uint64(i+1) || len(u.Recent) != 1 {
				t.Errorf("%+v", u)
			}
		}
		n := 0
		for range slow.updates {
			n++
		}
		if n != clientQueue || len(h.clients) != 1 {
			t.Errorf("%d updates queued, %d listen", n, len(h.clients))
		}
		h.leave(slow)
		h.leave(quick)
		h.close()
		h.running.Wait()
	})
}

func TestHubIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(newFeed(&small).reporter())
		var all []*client
		for range maxClients {
			c, _ := h.mustJoin(t)
			all = append(all, c)
		}
		if _, _, ok := h.join(); ok {
			t.Error("one too many")
		}
		h.leave(all[0])
		if all[0], _, _ = h.join(); all[0] == nil {
			t.Error("no place after one has left")
		}
		h.close()
		h.close()
		if _, _, ok := h.join(); ok {
			t.Error("closed, and let in")
		}
		for _, c := range all {
			if _, ok := <-c.updates; ok {
				t.Error("an update after close")
			}
			h.leave(c)
		}
		h.running.Wait()
	})
}
