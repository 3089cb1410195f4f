//go:build !unix

package conform

import "syscall"

// Where there are none, the cases that send them are skipped.
const stopSignal, continueSignal = syscall.Signal(0), syscall.Signal(0)

func makePipe(string) { panic(skipped{"it wants named pipes"}) }

// waiting cannot be asked: what reads waits.
func waiting(syscall.RawConn) bool { return true }
