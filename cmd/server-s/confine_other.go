//go:build !linux

package main

import "errors"

// restrict would take from the process all but what it is left; Landlock is Linux's.
func (leave) restrict() (said []any, err error) { return nil, errors.ErrUnsupported }
