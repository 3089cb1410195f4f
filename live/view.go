package live

import (
	"runtime"

	"accio/fsm"
)

// view is what an Observer knew at one moment.
type view struct {
	version    uint64 // changes when a connection comes or ends
	counts     []uint64
	ok, failed uint64
	bytes      int64 // of the ended
	durations  tally

	sessions []int64 // in service, by index of the state
	serving  []inService
}

// inService is a connection in service at one moment.
type inService struct {
	*record
	state fsm.State
	path  []step
	more  int64
}

// ended is how many connections have ended.
func (v *view) ended() uint64 { return v.ok + v.failed }

// few is up to how many connections in service are seen in the same moment as the
// numbers. Of more something always changes.
const few = 16

// view reads until nothing has changed meanwhile. It is the reader who tries
// again, not the server who waits.
func (o *Observer) view() view {
	v := view{counts: make([]uint64, len(o.counts)), sessions: make([]int64, len(o.sessions))}
	for {
		v.version = o.seq.Load()
		if v.version%2 == 0 {
			o.read(&v)
			many := o.service.most.Load() > few
			if !many {
				o.readService(&v)
			}
			if o.seq.Load() == v.version {
				if many {
					o.readService(&v)
				}
				return v
			}
		}
		runtime.Gosched()
	}
}

func (o *Observer) read(v *view) {
	for i := range o.counts {
		v.counts[i] = o.counts[i].Load()
	}
	v.ok, v.failed, v.bytes = o.ok.Load(), o.failed.Load(), o.bytes.Load()
	v.durations = o.durations.read()
	for i := range o.sessions {
		v.sessions[i] = o.sessions[i].Load()
	}
}

func (o *Observer) readService(v *view) {
	v.serving = v.serving[:0]
	o.service.all(func(r *record) {
		state, path := r.now()
		v.serving = append(v.serving, inService{r, o.states[state], path, r.more.Load()})
	})
}

// since returns the connections that ended after the one at place, up to the
// view, newest first; missed says that there were more than are kept.
func (o *Observer) since(place uint64, v *view) (list []*record, missed bool) {
	for at := v.ended(); at > place; at-- {
		r := o.recent[at%kept].Load()
		if r == nil || r.place != at || len(list) == kept {
			return list, true
		}
		list = append(list, r)
	}
	return list, false
}
