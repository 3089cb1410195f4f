// Package cage runs a program that nobody trusts: in a session of its own, in an
// empty directory, with a small environment and none of our descriptors, within
// limits, and so that nothing of it is left afterwards.
//
// On Linux a supervisor stands between, which is this executable once more: a
// program that imports the package becomes it where its first argument says so.
// It is the init of a PID namespace where it may have one, so that the kernel
// ends whatever the program has started when the supervisor ends, and it ends
// when this process does, however that came about (pid_namespaces(7)). Elsewhere
// it is the reaper of all orphans and kills them one by one
// (PR_SET_CHILD_SUBREAPER). Other systems have neither supervisor nor limits
// but that of the output.
package cage
