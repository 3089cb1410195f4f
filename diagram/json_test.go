package diagram_test

import (
	"testing"

	"accio/diagram"
)

func TestJSON(t *testing.T) {
	same(t, diagram.JSON(&small), `{
  "role": "left",
  "peer": "right",
  "initial": "Ask",
  "terminal": [
    "Good",
    "Bad"
  ],
  "good": [
    "Good"
  ],
  "states": [
    {
      "name": "Ask",
      "activity": {
        "action": "write",
        "text": "who\n",
        "ends": "asked"
      }
    },
    {
      "name": "Hear",
      "activity": {
        "action": "expect",
        "text": "me\n",
        "ends": "told"
      }
    },
    {
      "name": "Good"
    },
    {
      "name": "Bad"
    }
  ],
  "events": [
    "asked",
    "told",
    "timedout",
    "broke"
  ],
  "transitions": [
    {
      "from": "Ask",
      "event": "broke",
      "to": "Bad"
    },
    {
      "from": "Ask",
      "event": "asked",
      "to": "Hear"
    },
    {
      "from": "Ask",
      "event": "timedout",
      "to": "Bad"
    },
    {
      "from": "Hear",
      "event": "told",
      "to": "Good"
    },
    {
      "from": "Hear",
      "event": "timedout",
      "to": "Bad"
    }
  ]
}
`)
}
