//go:build unix

package errno

import "syscall"

var (
	reset   = []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE}
	refused = []syscall.Errno{syscall.ECONNREFUSED}
	inUse   = []syscall.Errno{syscall.EADDRINUSE}

	noAddress = []error{syscall.EADDRNOTAVAIL}

	// On Linux accept(2) also passes on errors that are pending on the new
	// connection.
	passing = []syscall.Errno{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR, syscall.EAGAIN,
		syscall.EPERM, syscall.EPROTO, syscall.ENOPROTOOPT, syscall.EOPNOTSUPP,
		syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ETIMEDOUT,
	}
)
