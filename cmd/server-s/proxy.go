package main

import "accio/transport"

// proxy says who sends a header of the PROXY protocol; nil: nobody.
func (o *options) proxy() *transport.Proxy {
	if !o.proxied {
		return nil
	}
	return &transport.Proxy{From: o.proxyFrom.Prefixes, Unix: o.proxyFrom.Unix, Setting: "--proxy-from"}
}
