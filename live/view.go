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

	current *record // nil while nothing is served
	state   fsm.State
	path    []step
	more    int64
}

// ended is how many connections have ended.
func (v *view) ended() uint64 { return v.ok + v.failed }

// view reads until nothing has changed meanwhile. It is the reader who tries
// again, not the server who waits.
func (o *Observer) view() view {
	v := view{counts: make([]uint64, len(o.counts))}
	for {
		v.version = o.seq.Load()
		if v.version%2 == 0 {
			o.read(&v)
			if o.seq.Load() == v.version {
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
	v.current, v.state, v.path, v.more = o.current.Load(), "", nil, 0
	if v.current == nil {
		return
	}
	state, path := v.current.now()
	v.state, v.path, v.more = o.states[state], path, v.current.more.Load()
	for _, s := range path {
		v.counts[s.row]++
	}
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
