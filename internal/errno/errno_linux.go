package errno

import "syscall"

func init() {
	// accept(2) wants ENONET treated like EAGAIN too; ENOSPC is epoll_ctl(2)'s
	// when a user may watch no more descriptors.
	passing = append(passing, syscall.ENONET, syscall.ENOSPC)
}
