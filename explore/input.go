package explore

import (
	"context"
	"time"
)

// What says what an input is. The zero value is [Send].
type What byte

// The inputs. What a client has sent before it ends its side or resets still
// arrives first.
const (
	Send  What = iota // Bytes arrive, if there are any; then Pause passes
	End               // the client ends its side
	Reset             // the client, or its system, resets the connection
	Stop              // the context of the server is done
	Abort             // the operator ends the connection; for grounds that are [Aborter]
	Shut              // the client takes nothing more
	Open              // the client takes everything again
)

// Input is a letter of a word. The zero value does nothing.
type Input struct {
	Name  string        // in words and in charts
	What  What          //
	Bytes string        // that arrive, all at once
	Pause time.Duration // that passes, without anything else
	// Lag is for how long, from now on, the server may leave what it is given
	// unread; 0 if it may not.
	Lag time.Duration
}

func (in Input) do(c Client, stop context.CancelFunc) {
	switch in.What {
	case End:
		c.End()
	case Reset:
		c.Reset()
	case Stop:
		stop()
	case Abort:
		c.(Aborter).Abort()
	case Shut:
		c.Stall(0)
	case Open:
		c.Stall(-1)
	default:
		if in.Bytes != "" {
			c.Arrive(in.Bytes)
		}
		time.Sleep(in.Pause)
	}
}

// Text is an input of which so much arrives, named by what that is.
func Text(name, bytes string) Input { return Input{Name: name, Bytes: bytes} }

// Silence is an input in which nothing happens for so long.
func Silence(name string, d time.Duration) Input { return Input{Name: name, Pause: d} }
