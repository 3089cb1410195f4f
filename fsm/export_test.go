package fsm

import looplab "github.com/looplab/fsm"

// Library is the machine that m runs on.
func (m *Machine) Library() *looplab.FSM { return m.states }
