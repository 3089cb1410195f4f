//go:build linux && !portable

package transport

var listen = listenFast
