//go:build !unix

package descriptors

// Limit returns how many descriptors the program may have: here it is the memory that
// limits them.
func Limit() int { return 1 << 20 }
