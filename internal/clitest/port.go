package clitest

import "net"

// FreePort returns a TCP port that nobody listens on. Another process may take
// it before the caller does.
func FreePort() (int, error) {
	ln, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}
