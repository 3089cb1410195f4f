//go:build !linux

package conform

func (p *peer) urgent(byte) { panic(skipped{"it wants Linux"}) }
