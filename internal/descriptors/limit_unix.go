//go:build unix

package descriptors

import "syscall"

// mostLimit bounds what Limit returns: more is no limit.
const mostLimit = 1 << 20

// Limit returns how many descriptors the program may have (getrlimit(2), RLIMIT_NOFILE),
// at most 1048576.
func Limit() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return mostLimit
	}
	return int(min(uint64(limit.Cur), mostLimit))
}
