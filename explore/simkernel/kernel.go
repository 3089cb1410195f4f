//go:build linux

package simkernel

import (
	"net/netip"
	"sync"
)

// Kernel is one machine. Its fields must not be changed once it is used.
type Kernel struct {
	// SendBuffer and ReceiveBuffer are how many bytes a connection holds at
	// most in each of its ends; 0 means Buffer.
	SendBuffer, ReceiveBuffer int

	mu      sync.Mutex
	changed *sync.Cond // whenever anything may have
	bound   map[uint16]*socket
	port    uint16 // that was given last
}

// Buffer is the size of buffers where nothing else is said.
const Buffer = 4 << 20

// New returns a machine without processes.
func New() *Kernel {
	k := &Kernel{bound: map[uint16]*socket{}, port: 1023}
	k.changed = sync.NewCond(&k.mu)
	return k
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// ephemeral returns a port that is free.
func (k *Kernel) ephemeral() uint16 {
	for k.port++; k.bound[k.port] != nil; k.port++ {
	}
	return k.port
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
