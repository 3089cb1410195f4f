//go:build unix

package descriptors

import (
	"strconv"
	"syscall"
)

// enough is what the server opens at once with all its flags: two for the
// runtime's poller, two to listen, one for the connection in service, one for
// the trace; for the page one to listen, one for a connection to it, and one
// for the next, as accept(2) asks for it before there is any, and two for what
// its metrics read (docs/protocol.md §6.16). The client opens fewer.
const enough = 11

func init() {
	var opened [enough]int
	for i := range opened {
		fd, err := syscall.Dup(2) // which the runtime opens if it is closed
		if err != nil {
			syscall.Write(2, []byte("ERROR: too few file descriptors: "+reason(err, enough-i)+"\n"))
			syscall.Exit(1)
		}
		opened[i] = fd
	}
	for _, fd := range opened {
		syscall.Close(fd)
	}
}

func reason(err error, missing int) string {
	var limit syscall.Rlimit
	if err != syscall.EMFILE || syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return err.Error()
	}
	has := uint64(limit.Cur)
	return "the limit (ulimit -n) is " + strconv.FormatUint(has, 10) +
		", wanted " + strconv.FormatUint(has+uint64(missing), 10) + " or more"
}
