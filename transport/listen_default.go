//go:build !linux || portable

package transport

var (
	listenAt = listenPortable
	inherit  = inheritPortable
)

// Join makes one listener of several.
func Join(all ...Listener) Listener { return join(all) }
