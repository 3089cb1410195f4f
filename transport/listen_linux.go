//go:build linux && !portable

package transport

var (
	listenAt = listenFast
	inherit  = inheritFast
)

// Join makes one listener of several.
func Join(all ...Listener) Listener { return joinFast(all) }
