package clitest

import "syscall"

// What signals do that a program made with Go neither handles nor ignores
// (docs/protocol.md §6.4). Of those that are in no list, SIGKILL and SIGSTOP
// cannot be handled, and 32 to 34 are the C library's.
var (
	// Ending end it at once.
	Ending = []syscall.Signal{syscall.SIGHUP, syscall.SIGKILL}
	// Dumping end it with exit status 2 and its goroutines on standard error.
	Dumping = []syscall.Signal{
		syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV,
		syscall.SIGSTKFLT, syscall.SIGSYS,
	}
	// Stopping stop it until SIGCONT, SIGSTOP always, the others where its
	// terminal has job control.
	Stopping = []syscall.Signal{syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU}
	// Harmless change nothing.
	Harmless = harmless()
)

func harmless() []syscall.Signal {
	list := []syscall.Signal{
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGALRM, syscall.SIGCHLD, syscall.SIGCONT,
		syscall.SIGURG, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGWINCH,
		syscall.SIGIO, syscall.SIGPWR,
	}
	for s := syscall.Signal(35); s <= 64; s++ { // real-time signals
		list = append(list, s)
	}
	return list
}
