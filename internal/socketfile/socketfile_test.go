//go:build unix

package socketfile

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

func there(path string) bool { _, err := os.Lstat(path); return err == nil }

func listen(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	t.Cleanup(func() { ln.Close() })
	return ln
}

// What somebody has is left to him, and he does not notice; what nobody has is removed.
func TestFree(t *testing.T) {
	path := filepath.Join(clitest.ShortDir(t), "socket")
	ln := listen(t, path)
	Free(path)
	ln.SetDeadline(time.Now().Add(20 * time.Millisecond))
	if c, err := ln.Accept(); err == nil {
		c.Close()
		t.Error("who listens there has had a client")
	}
	if !there(path) {
		t.Error("a socket that somebody listens on is removed")
	}
	ln.Close()
	if Free(path); there(path) {
		t.Error("a socket that nobody has is left")
	}

	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if Free(path); !there(path) {
		t.Error("a socket is removed that somebody has, and does not listen on yet")
	}
	file := path + "-file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if Free(file); !there(file) {
		t.Error("a file is removed")
	}
	Free("@" + path)
}

// A socket is removed by who has made it, and no other that has its name since.
func TestRemove(t *testing.T) {
	path := filepath.Join(clitest.ShortDir(t), "socket")
	listen(t, path)
	first := Bound(path)
	if err := os.Rename(path, path+"-1"); err != nil { // which keeps the number of its inode
		t.Fatal(err)
	}
	listen(t, path)
	second := Bound(path)
	if first.Remove(); !there(path) {
		t.Error("that of another is removed")
	}
	if second.Remove(); there(path) {
		t.Error("it is left")
	}
	File{}.Remove()
	Bound("@" + path).Remove()
	Bound(path).Remove()
}
