package port

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

// lock keeps a port for this process until release is called, also against other
// runs on this machine: an abstract socket is gone with its process (unix(7)).
func lock(port int) (release func(), ok bool) {
	ln, err := net.Listen("unix", fmt.Sprintf("@accio-conform-port-%d", port))
	if err != nil {
		return nil, false
	}
	return func() { ln.Close() }, true
}

// Listening returns where somebody listens on a port, as the kernel writes
// addresses in /proc/net/tcp, which has the listening sockets first; known is false
// where the system does not tell.
func Listening(port int) (addresses []string, known bool) {
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		known = true
		lines := bufio.NewScanner(f)
		lines.Scan()
		for lines.Scan() {
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || fields[3] != "0A" {
				break
			}
			if address, ok := strings.CutSuffix(fields[1], fmt.Sprintf(":%04X", port)); ok {
				addresses = append(addresses, address)
			}
		}
		f.Close()
	}
	return addresses, known
}
