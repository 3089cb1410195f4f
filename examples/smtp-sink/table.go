package main

import "accio/fsm"

// sink is the receiving side of SMTP (RFC 5321). What a client may say where, and
// what is answered, is here; what is not here is answered by a refusal
// (command.go), after which the client may try something else.
var sink = (&fsm.Table{
	Role: "sink", Peer: "client", Initial: "Greet", Terminal: []fsm.State{"Left", "Lost"}, Good: []fsm.State{"Left"},
	Events: []fsm.Event{"said", "helo", "ehlo", "mail", "rcpt", "data", "rset", "quit", "stored", "refused"},
	Activities: []fsm.Activity{
		fsm.In("Greet", fsm.Write, "220 sink ESMTP\r\n", "said"),
		fsm.In("Start", command, "", "ehlo"),
		fsm.In("Welcome", fsm.Write, "250 sink\r\n", "said"),
		fsm.In("Offer", fsm.Write, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE "+maxSizeText+"\r\n", "said"),
		fsm.In("Ready", command, "", "mail"),
		fsm.In("Sender", fsm.Write, "250 2.1.0 sender ok\r\n", "said"),
		fsm.In("Addressed", command, "", "rcpt"),
		fsm.In("Recipient", fsm.Write, "250 2.1.5 recipient ok\r\n", "said"),
		fsm.In("Complete", command, "", "data"),
		fsm.In("Go", fsm.Write, "354 end with a dot on a line of its own\r\n", "said"),
		fsm.In("Body", body, "", "stored"),
		fsm.In("Stored", fsm.Write, "250 2.0.0 counted\r\n", "said"),
		fsm.In("Refused", fsm.Write, "552 5.3.4 more than "+maxSizeText+" bytes\r\n", "said"),
		fsm.In("Reset", fsm.Write, "250 2.0.0 forgotten\r\n", "said"),
		fsm.In("Forget", fsm.Write, "250 2.0.0 nothing to forget\r\n", "said"),
		fsm.In("Bye", fsm.Write, "221 2.0.0 bye\r\n", "said"),
	},
	Transitions: []fsm.Transition{
		fsm.On("Greet", "said", "Start"),

		fsm.On("Start", "helo", "Welcome"),
		fsm.On("Start", "ehlo", "Offer"),
		fsm.On("Start", "rset", "Forget"),
		fsm.On("Start", "quit", "Bye"),
		fsm.On("Welcome", "said", "Ready"),
		fsm.On("Offer", "said", "Ready"),
		fsm.On("Forget", "said", "Start"),

		fsm.On("Ready", "mail", "Sender"),
		fsm.On("Ready", "helo", "Welcome"),
		fsm.On("Ready", "ehlo", "Offer"),
		fsm.On("Ready", "rset", "Reset"),
		fsm.On("Ready", "quit", "Bye"),
		fsm.On("Reset", "said", "Ready"),
		fsm.On("Sender", "said", "Addressed"),

		fsm.On("Addressed", "rcpt", "Recipient"),
		fsm.On("Addressed", "helo", "Welcome"),
		fsm.On("Addressed", "ehlo", "Offer"),
		fsm.On("Addressed", "rset", "Reset"),
		fsm.On("Addressed", "quit", "Bye"),
		fsm.On("Recipient", "said", "Complete"),

		fsm.On("Complete", "rcpt", "Recipient"),
		fsm.On("Complete", "data", "Go"),
		fsm.On("Complete", "helo", "Welcome"),
		fsm.On("Complete", "ehlo", "Offer"),
		fsm.On("Complete", "rset", "Reset"),
		fsm.On("Complete", "quit", "Bye"),

		fsm.On("Go", "said", "Body"),
		fsm.On("Body", "stored", "Stored"),
		fsm.On("Body", "refused", "Refused"),
		fsm.On("Stored", "said", "Ready"),
		fsm.On("Refused", "said", "Ready"),

		fsm.On("Bye", "said", "Left"),
	},
	Hints: []fsm.Hint{
		{When: fsm.Silent, Text: "a client that has nothing to say says QUIT"},
	},
	// Which commands may come is the transitions' to say, of each state.
	Own: []fsm.Own{
		{Action: command, Events: []fsm.Event{fsm.Closed}},
		{Action: body, Events: []fsm.Event{"refused", fsm.Closed}},
	},
}).Else("Lost")

const (
	command fsm.Action = "command" // read lines until one is a command that may come here
	body    fsm.Action = "body"    // count what is sent, up to the dot
)
