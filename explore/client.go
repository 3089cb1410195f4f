package explore

// Client is what a client and its network do. None of it blocks, and all of it can
// come from any goroutine.
type Client interface {
	// Arrive makes bytes arrive.
	Arrive(text string)
	// End ends the client's side.
	End()
	// Reset resets the connection.
	Reset()
	// Stall makes the client take n bytes more, and then no more; negative: any
	// number.
	Stall(n int)
	// Deafen makes every write to the client fail.
	Deafen()
}

// Holding is what a connection holds that the server has not read.
type Holding struct {
	Queue            string
	End, Reset, Shut bool
}

// Said is what a session says of itself, where it can.
type Said struct {
	Count  int64 // what it has counted
	Closed bool  // it has ended its side
	Key    any   // what all that follows depends on, something comparable; nil if that is not known
}
