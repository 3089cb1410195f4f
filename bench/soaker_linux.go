package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"time"

	"accio/protocol"

	"golang.org/x/sys/unix"
)

// soaker is one client of a soak, which makes connections one after another,
// each of another kind.
type soaker struct {
	soaking *soaking
	random  *rand.Rand
	dialer  net.Dialer
	to      string
}

// newSoaker connects from an address of its own (see source).
func newSoaker(k *soaking, i int) *soaker {
	from := source(i)
	return &soaker{soaking: k, random: random(i), to: fmt.Sprintf("127.0.0.1:%d", k.server.port), dialer: net.Dialer{
		LocalAddr: &net.TCPAddr{IP: from[:]}, Timeout: clientPatience,
		Control: func(_, _ string, raw syscall.RawConn) error {
			var set error
			err := raw.Control(func(fd uintptr) {
				set = os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1))
			})
			return errors.Join(err, set)
		},
	}}
}

// kind is what a client does in a connection, and how often of a hundred times
// it does so. It returns the count that is to be printed.
type kind struct {
	name  string
	share int
	once  func(*soaker, *net.TCPConn) (int64, error)
}

var kinds = []kind{
	{"good", 32, (*soaker).good},
	{"eager", 15, (*soaker).eager},
	{"slow", 10, (*soaker).slow},
	{"silent", 5, (*soaker).silent},
	{"broken", 15, (*soaker).broken},
	{"resets", 13, (*soaker).resets},
	{"leaves", 5, (*soaker).leaves},
	{"flood", 5, (*soaker).flood},
}

// run makes connections until the end of soaked; ctx is for the last.
func (s *soaker) run(ctx, soaked context.Context) error {
	for soaked.Err() == nil {
		left := s.random.IntN(100)
		for _, k := range kinds {
			if left -= k.share; left < 0 {
				if err := s.connect(ctx, k); err != nil {
					return fmt.Errorf("%s: %w", k.name, err)
				}
				break
			}
		}
	}
	return nil
}

func (s *soaker) connect(ctx context.Context, k kind) error {
	c, err := s.dialer.DialContext(ctx, "tcp4", s.to)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(clientPatience))
	count, err := k.once(s, c.(*net.TCPConn))
	s.soaking.expect(count)
	return err
}

// size is of any order of magnitude up to 4 MiB, 0 among them.
func (s *soaker) size() int { return s.random.IntN(1 << s.random.IntN(23)) }

// good is a client as it should be.
func (s *soaker) good(c *net.TCPConn) (int64, error) {
	size := s.size()
	if err := s.until(c, 4, ""); err != nil {
		return refused, err
	}
	return s.rest(c, size, size)
}

// eager sends everything before it reads.
func (s *soaker) eager(c *net.TCPConn) (int64, error) {
	size := s.size() >> 6 // what the buffers of a connection hold
	if _, err := c.Write(append([]byte(protocol.Confirm1+protocol.Confirm2), zeros[:size]...)); err != nil {
		return refused, err
	}
	if err := c.CloseWrite(); err != nil {
		return refused, err
	}
	got, err := io.ReadAll(c)
	if err == nil && string(got) != protocol.Accio+protocol.Accio {
		err = fmt.Errorf("got %q, wanted accio twice", got)
	}
	return int64(size), err
}

// slow has pauses in its payload, which are far shorter than the idle limit.
func (s *soaker) slow(c *net.TCPConn) (int64, error) {
	size := s.size() >> 4
	if err := s.until(c, 4, ""); err != nil {
		return refused, err
	}
	return s.rest(c, size, size/(2+s.random.IntN(10))+1)
}

// silent says nothing from some state on, and waits for the idle limit.
func (s *soaker) silent(c *net.TCPConn) (int64, error) {
	if err := s.until(c, s.random.IntN(5), s.part()); err != nil {
		return refused, err
	}
	return refused, gone(c)
}

// broken sends a wrong byte in one of the confirmations.
func (s *soaker) broken(c *net.TCPConn) (int64, error) {
	steps := 2 * s.random.IntN(2)
	wrong := []byte(confirmations[steps/2])
	wrong[s.random.IntN(len(wrong))] ^= byte(1 + s.random.IntN(255))
	if err := s.until(c, steps+1, string(wrong)); err != nil {
		return refused, err
	}
	return refused, gone(c)
}

// resets resets in some state.
func (s *soaker) resets(c *net.TCPConn) (int64, error) {
	err := s.until(c, s.random.IntN(5), s.part())
	return refused, errors.Join(err, c.SetLinger(0))
}

// leaves closes before the header is complete.
func (s *soaker) leaves(c *net.TCPConn) (int64, error) {
	return refused, s.until(c, s.random.IntN(4), "")
}

// flood connects and resets, many times.
func (s *soaker) flood(c *net.TCPConn) (int64, error) {
	for range 19 {
		if err := c.SetLinger(0); err != nil {
			return refused, err
		}
		c.Close()
		s.soaking.expect(refused)
		next, err := s.dialer.Dial("tcp4", s.to)
		if err != nil {
			return refused, err
		}
		c = next.(*net.TCPConn)
	}
	err := c.SetLinger(0)
	c.Close()
	return refused, err
}

var (
	confirmations = [2]string{protocol.Confirm1, protocol.Confirm2}
	zeros         = make([]byte, 4*mib)
)

// until makes so many steps of the header, each a command read or a
// confirmation sent, and then sends a text.
func (s *soaker) until(c *net.TCPConn, steps int, then string) error {
	for i := range steps {
		var err error
		if i%2 == 1 {
			_, err = io.WriteString(c, confirmations[i/2])
		} else {
			err = expectAccio(c)
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	_, err := io.WriteString(c, then)
	return err
}

// part is the beginning of either confirmation, and may begin a payload.
func (s *soaker) part() string { return "confirm-accio"[:s.random.IntN(14)] }

// rest sends a payload in pieces, ends the stream and waits for the server's end.
func (s *soaker) rest(c *net.TCPConn, size, piece int) (int64, error) {
	for left := size; left > 0; left -= piece {
		if _, err := c.Write(zeros[:min(left, piece)]); err != nil {
			return int64(size), err
		}
		if piece < left {
			time.Sleep(time.Duration(s.random.IntN(100)) * time.Millisecond)
		}
	}
	return int64(size), finish(c)
}

// gone waits until the server has closed, in whatever way.
func gone(c *net.TCPConn) error {
	_, err := io.Copy(io.Discard, c)
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return err
	}
	return nil
}
