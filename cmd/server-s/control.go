package main

import (
	"context"
	"fmt"

	"accio/internal/control"
	"accio/transport"
)

// openControl opens the socket for "accio ctl"; nil without an error is none.
func openControl(ctx context.Context, path string) (*control.Listener, error) {
	if path == "" {
		return nil, nil
	}
	ln, err := control.Listen(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("--control: %w", cannotListenAt(transport.Address{Path: path}, err))
	}
	return ln, nil
}
