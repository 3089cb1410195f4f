package port

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// lowest is the first port that no well-known service is likely to have.
const lowest = 10000

// candidate returns a port below those from which connections take theirs, as one of
// them could have the port when the program comes (ip(7), ip_local_port_range).
func candidate() (int, error) {
	first, last := 0, 0
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, err
	}
	if _, err := fmt.Sscan(string(text), &first, &last); err != nil {
		return 0, err
	}
	if first < 2*lowest { // there is hardly room below
		return first + rand.IntN(last-first+1), nil
	}
	return lowest + rand.IntN(first-lowest), nil
}

// unused reports whether nobody has a port. It does not listen there, or somebody who
// waits for a program to do so would find us.
func unused(port int) bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Bind(fd, &unix.SockaddrInet4{Port: port}) == nil
}

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
