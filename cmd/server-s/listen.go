package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"accio/internal/errno"
	"accio/transport"
)

// openListeners opens what the server listens on: the sockets that the service manager
// has opened, or the addresses or the port of the command line.
func openListeners(ctx context.Context, o options) (all []transport.Listener, err error) {
	defer func() {
		if err != nil {
			for _, ln := range all {
				ln.Close()
			}
		}
	}()
	inherited, err := activated()
	if err != nil {
		return nil, err
	}
	if len(inherited) > 0 && (o.port != 0 || len(o.listen) > 0) {
		return nil, errors.New("the service manager has opened the sockets (LISTEN_FDS): leave out the port and --listen")
	}
	for _, f := range inherited {
		ln, err := transport.Inherit(f)
		f.Close()
		if err != nil {
			return all, fmt.Errorf("the socket %s of the service manager: %w", f.Name(), err)
		}
		all = append(all, ln)
	}
	if o.port != 0 {
		ln, err := transport.Listen(ctx, o.port)
		if err != nil {
			return all, cannotListen("port "+strconv.Itoa(o.port), err)
		}
		all = append(all, ln)
	}
	for _, a := range o.listen {
		at := transport.Address(a)
		ln, err := transport.ListenAt(ctx, at)
		if err != nil {
			return all, cannotListenAt(at, err)
		}
		all = append(all, ln)
	}
	return all, nil
}

func cannotListenAt(at transport.Address, err error) error {
	switch err = bare(err); {
	case at.Path == "":
		return cannotListen(at.String(), err)
	case errno.IsInUse(err):
		err = fmt.Errorf("%w; a program listens there, or it is another file: choose another path", err)
	}
	return fmt.Errorf("cannot listen on %s: %w", at, errno.Explain(err))
}

func cannotListen(where string, err error) error {
	switch err = bare(err); {
	case errno.IsInUse(err):
		err = fmt.Errorf("%w; another program listens there, choose another port", err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("cannot listen on %s: %w; ports below 1024 need privileges, choose a higher one", where, err)
	}
	return fmt.Errorf("cannot listen on %s: %w", where, errno.Explain(err))
}

// bare is an error without what package net says around it.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}
