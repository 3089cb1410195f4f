package haproxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
	"accio/protocol"
)

// The peer of every line is the client, by its address and port, in both versions of the
// PROXY protocol that HAProxy has, over IPv4 and IPv6 (docs/protocol.md §6.19). What comes past
// HAProxy, without a header, is an ERROR that says so.
func TestPeersAreTheClients(t *testing.T) {
	for _, send := range []string{"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options unique-id"} {
		t.Run(send, func(t *testing.T) {
			change, ipv6 := []string{"send-proxy-v2", send}, ""
			if ln, err := net.Listen("tcp6", "[::1]:0"); err == nil { // the machine has it
				ln.Close()
				ipv6 = fmt.Sprintf("[::1]:%d", ports(t, 1)[0])
				change = append(change, "\tbind ", "\tunique-id-format %ci:%cp\n\tbind ipv6@"+ipv6+"\n\tbind ")
			}
			f := newFarmWith(t, false, strings.NewReplacer(change...))
			addresses := []string{f.address}
			if ipv6 != "" {
				addresses = append(addresses, ipv6)
			}
			peers := map[string]int{} // and what they have sent
			for n := range 20 * len(addresses) {
				c, err := net.Dial("tcp", addresses[n%len(addresses)])
				clitest.Check(t, err)
				c.SetDeadline(time.Now().Add(patience))
				_, err = io.WriteString(c, protocol.Confirm1+protocol.Confirm2+strings.Repeat("x", n))
				clitest.Check(t, err)
				clitest.Check(t, c.(*net.TCPConn).CloseWrite())
				if said, err := io.ReadAll(c); err != nil || string(said) != protocol.Accio+protocol.Accio {
					t.Fatalf("said %q, %v", said, err)
				}
				peers[c.LocalAddr().String()] = n
				c.Close()
			}
			past, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", f.members[0].port))
			clitest.Check(t, err)
			past.SetDeadline(time.Now().Add(patience))
			_, err = io.WriteString(past, protocol.Confirm1)
			clitest.Check(t, err)
			io.ReadAll(past)
			past.Close()
			right, wrong := 0, 0
			for _, m := range f.members {
				f.stop(t, m)
				for line := range strings.Lines(m.now().Stdout.String()) {
					var r struct {
						Remote, Reason string
						Bytes          *int
					}
					clitest.Check(t, json.Unmarshal([]byte(line), &r))
					n, known := peers[r.Remote]
					switch {
					case r.Bytes == nil && r.Remote == past.LocalAddr().String() && strings.HasPrefix(r.Reason, "no PROXY header: byte 1 is 'c'"):
						wrong++
					case !known || r.Bytes == nil || *r.Bytes != n:
						t.Errorf("%d bytes of %s, and the line is %s", n, r.Remote, line)
					default:
						right++
					}
				}
			}
			require.Ran(t, "lines", right, 20*len(addresses))
			require.Ran(t, "lines of what came past HAProxy", wrong, 1)
		})
	}
}
