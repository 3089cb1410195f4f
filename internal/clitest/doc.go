// Package clitest runs the commands in tests, as processes of their own whose
// output can be waited for, and plays their peers.
//
// Nothing in it sleeps: whatever it waits for has a deadline, Patience.
package clitest

import "time"

// Patience is how long anything that must happen may take. It is far longer
// than needed, and shorter than what it must tell apart from never.
const Patience = 8 * time.Second
