package fsm

// State is where a connection stands in a protocol.
// The zero value is no state.
type State string
