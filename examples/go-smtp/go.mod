module accio/examples/go-smtp

go 1.26.0

require (
	accio v0.0.0
	github.com/emersion/go-smtp v0.25.1
)

require (
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	github.com/looplab/fsm v1.0.3 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace accio => ../..
