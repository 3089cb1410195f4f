package transport

import (
	"context"
	"net"
	"strconv"
	"syscall"
)

// Listen opens a plain TCP listener on IPv4 0.0.0.0 (docs/protocol.md §6); port
// 0 lets the system choose one. Multipath TCP, Go's default, is off: it made
// transfers ten times slower. So are keep-alive probes, which the idle limit
// makes superfluous. Urgent data stays in the stream from the first byte on, as
// the sockets that accept returns inherit SO_OOBINLINE.
func Listen(ctx context.Context, port int) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1, Control: control}
	config.SetMultipathTCP(false)
	return config.Listen(ctx, "tcp4", net.JoinHostPort("0.0.0.0", strconv.Itoa(port)))
}

func control(_, _ string, raw syscall.RawConn) error {
	var err error
	if errControl := raw.Control(func(fd uintptr) { err = keepUrgentInline(fd) }); errControl != nil {
		return errControl
	}
	return err
}
