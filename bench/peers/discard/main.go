// Command discard is an Accio server as one writes it with package net and
// nothing else: for one connection after the other or, with -many, for many at
// once, a goroutine for each. It has no idle limit.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"accio/protocol"
)

func main() {
	many := len(os.Args) == 3 && os.Args[1] == "-many"
	if len(os.Args) != 2 && !many {
		fmt.Fprintln(os.Stderr, "ERROR: usage: discard [-many] PORT")
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, "ERROR:", serve(os.Args[len(os.Args)-1], many))
	os.Exit(1)
}

func serve(port string, many bool) error {
	ln, err := net.Listen("tcp4", "0.0.0.0:"+port)
	if err != nil {
		return err
	}
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		if many {
			go handle(c)
		} else {
			handle(c)
		}
	}
}

// handle prints its line by one write(2), before it closes.
func handle(c net.Conn) {
	defer c.Close()
	if n, err := count(c); err != nil {
		fmt.Println("ERROR")
	} else {
		fmt.Println(n)
	}
}

func count(c net.Conn) (int64, error) {
	for _, confirmation := range []string{protocol.Confirm1, protocol.Confirm2} {
		if _, err := io.WriteString(c, protocol.Accio); err != nil {
			return 0, err
		}
		got := make([]byte, len(confirmation))
		if _, err := io.ReadFull(c, got); err != nil {
			return 0, err
		}
		if string(got) != confirmation {
			return 0, errors.New("not the confirmation")
		}
	}
	return io.Copy(io.Discard, c)
}
