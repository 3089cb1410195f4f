package control

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Kill ends a connection of the server that listens on the socket. The error is a
// *net.OpError, or says why the server does not.
func Kill(path string, connection uint64) error {
	_, err := ask(path, fmt.Sprintf("kill %d", connection))
	return err
}

// List returns the connections in service there, in the order in which they came.
func List(path string) (all []Connection, err error) {
	lines, err := ask(path, "list")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		var c Connection
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return nil, fmt.Errorf("%s answers %q, which is none of a connection: %w", path, line, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// ask sends a line and returns those of the answer.
func ask(path, request string) (lines []string, err error) {
	c, err := net.DialTimeout("unix", path, patience)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * patience)) // there may be one before us
	if _, err := fmt.Fprintln(c, request); err != nil {
		return nil, err
	}
	answer := bufio.NewScanner(c)
	for answer.Scan() {
		line := answer.Text()
		if why, failed := strings.CutPrefix(line, "ERROR: "); failed {
			return nil, errors.New(why)
		}
		if line == done {
			return lines, nil
		}
		lines = append(lines, line)
	}
	if err := answer.Err(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s: the answer is not whole: has the server ended?", path)
}
