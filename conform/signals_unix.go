//go:build unix

package conform

import "syscall"

const stopSignal, continueSignal = syscall.SIGSTOP, syscall.SIGCONT
