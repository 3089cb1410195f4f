package conform

import "fmt"

// failure is the panic of a try that has found something wrong.
type failure struct {
	claim       string // number; empty is the first of the case
	wanted, got string
	hint        string
	late        bool // something did not come in time: that counts only when tried alone
}

// moot is the panic of a try that says nothing, as the machine was too slow for it,
// or out of something.
type moot struct{ why string }

// skipped is the panic of a case that cannot be tried here.
type skipped struct{ why string }

// notStarted is the panic of a program that could not be started.
type notStarted struct{ err error }

func (f failure) sentence() string {
	return fmt.Sprintf("wanted %s, got %s", f.wanted, f.got)
}
