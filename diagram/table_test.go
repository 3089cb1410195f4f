package diagram_test

import (
	"testing"

	"accio/diagram"
)

func TestTable(t *testing.T) {
	same(t, diagram.Table(&small), `state   what is done in it
Ask     write who\n (every connection begins here)
Hear    expect me\n
Good    nothing; a good end
Bad     nothing; a bad end

in state   event      leads to   good session
Ask        asked      Hear       yes
Ask        broke      Bad
Ask        timedout   Bad
Hear       told       Good       yes
Hear       timedout   Bad
`)
}

func TestWords(t *testing.T) {
	same(t, diagram.Words(&small), "It begins in Ask. From Ask: asked to Hear; broke, timedout to Bad."+
		" From Hear: told to Good; timedout to Bad. Good is an end. Bad is an end.")
}
