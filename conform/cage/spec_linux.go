package cage

import (
	"os"
	"syscall"
)

// The first arguments of this executable as the supervisor, and as what becomes
// the program.
const (
	supervisorName = "accio-cage"
	programName    = "accio-cage-exec"
)

// spec is what the supervisor is told, as JSON on descriptor 3. Requests follow.
type spec struct {
	Path    string
	Args    []string
	Env     []string
	Dir     string // is removed at the end
	Cgroup  string // of pids; empty is none; is removed at the end
	Sandbox bool
	Limits  Limits
}

// request is what it is asked then.
type request struct{ Signal syscall.Signal }

// news is what it tells, as JSON on descriptor 4.
type news struct {
	Started bool   `json:",omitempty"`
	Failure string `json:",omitempty"` // why the program could not be started
	Trouble bool   `json:",omitempty"` // that is not its fault
	Limit   string `json:",omitempty"` // was hit
	Memory  int64  `json:",omitempty"` // the most so far
	Exited  bool   `json:",omitempty"`
	Status  int    `json:",omitempty"` // as wait4(2) has it
}

// trouble begins a failure of the system, not of the program.
const trouble = "system: "

// init is before main, and before the tests.
func init() {
	switch os.Args[0] {
	case supervisorName:
		supervise()
	case programName:
		become()
	}
}
