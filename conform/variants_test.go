package conform

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"accio/fsm"
	"accio/internal/cli"
	"accio/protocol"
	"accio/transport"
)

// variantName is the first argument of this executable as a program under test.
const variantName = "accio-variant"

func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == variantName {
		os.Exit(variant(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

// variants are our own programs with a fault in their table, or at a seam. Each
// is right but for that.
var variants = map[string]struct {
	role  string
	table func(*fsm.Table)
	count func(transport.Result) string // of a server; nil is the right line
}{
	"server: the first command has an empty line": {role: "server", table: text(protocol.SendAccio1, "accio\r\n\r\n")},
	"server: the second command is another":       {role: "server", table: text(protocol.SendAccio2, "again\r\n")},
	"server: the first confirmation is another":   {role: "server", table: text(protocol.AwaitConfirm1, "confirm\r\n")},
	"server: no empty line is awaited":            {role: "server", table: text(protocol.AwaitConfirm2, protocol.Confirm2[:21])},
	"server: an end in the header is success":     {role: "server", table: to(fsm.Closed, protocol.AwaitConfirm2, protocol.Done)},
	"server: silence in the file is its end":      {role: "server", table: to(fsm.TimedOut, protocol.Streaming, protocol.Done)},
	"server: a reset is an end":                   {role: "server", table: to(fsm.Failed, protocol.Streaming, protocol.Done)},
	"server: the shutdown is an end":              {role: "server", table: to(fsm.Shutdown, protocol.Streaming, protocol.Done)},
	"server: the second confirmation is skipped":  {role: "server", table: to(protocol.Sent, protocol.SendAccio2, protocol.Streaming)},
	"server: the count is of 8 bits":              {role: "server", count: func(r transport.Result) string { return fmt.Sprint(r.Bytes % 256) }},
	"server: the count is hexadecimal":            {role: "server", count: func(r transport.Result) string { return fmt.Sprintf("%x", r.Bytes) }},
	"server: the count has a sign":                {role: "server", count: func(r transport.Result) string { return fmt.Sprintf("%+d", r.Bytes) }},

	"client: the first confirmation has no CR":   {role: "client", table: text(protocol.SendConfirm1, "confirm-accio\n")},
	"client: the second has no empty line":       {role: "client", table: text(protocol.SendConfirm2, protocol.Confirm2[:21])},
	"client: the second is the first again":      {role: "client", table: text(protocol.SendConfirm2, protocol.Confirm1)},
	"client: the first command is in capitals":   {role: "client", table: text(protocol.AwaitAccio1, "ACCIO\r\n")},
	"client: the end of the server is a success": {role: "client", table: to(fsm.Closed, protocol.AwaitAccio2, protocol.Done)},
	"client: a late close is a success":          {role: "client", table: to(fsm.TimedOut, protocol.AwaitClose, protocol.Done)},
	"client: bytes after the file are a success": {role: "client", table: to(fsm.Mismatched, protocol.AwaitClose, protocol.Done)},
	"client: a stuck file is a success":          {role: "client", table: to(fsm.TimedOut, protocol.SendFile, protocol.Done)},
	"client: a broken file is a success":         {role: "client", table: to(fsm.Failed, protocol.SendFile, protocol.Done)},
	"client: the file is left out":               {role: "client", table: to(protocol.Sent, protocol.SendConfirm2, protocol.AwaitClose)},
	"client: a signal is a success":              {role: "client", table: to(fsm.Shutdown, protocol.SendFile, protocol.Done)},
}

// text changes what a state sends or awaits.
func text(s fsm.State, text string) func(*fsm.Table) {
	return func(t *fsm.Table) {
		i := slices.IndexFunc(t.Activities, func(a fsm.Activity) bool { return a.State == s })
		t.Activities[i].Text = text
	}
}

// to changes where an event leads.
func to(e fsm.Event, from, to fsm.State) func(*fsm.Table) {
	return func(t *fsm.Table) {
		i := slices.IndexFunc(t.Transitions, func(tr fsm.Transition) bool { return tr.From == from && tr.Event == e })
		t.Transitions[i].To = to
	}
}

// variant is the main function of a program under test.
func variant(name string, args []string) int {
	v := variants[name]
	table := Table(v.role).Clone()
	if v.table != nil {
		v.table(&table)
	}
	idle, err := time.ParseDuration(args[0])
	if err != nil {
		return cli.Status(os.Stderr, err, "")
	}
	signal.Ignore(syscall.SIGPIPE)
	ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	if v.role == "client" {
		err = sendVariant(ctx, &table, idle, args[1:])
	} else {
		err = serveVariant(ctx, &table, idle, v.count, args[1:])
	}
	return cli.Status(os.Stderr, err, "")
}

func serveVariant(ctx context.Context, table *fsm.Table, idle time.Duration, count func(transport.Result) string, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("wanted the port")
	}
	port, err := cli.Port(args[0])
	if err != nil {
		return err
	}
	ln, err := transport.Listen(ctx, port)
	if err != nil {
		return err
	}
	s := &transport.Server{Table: table, IdleTimeout: idle, Result: func(r transport.Result) error {
		line := "ERROR"
		switch {
		case r.Good && count != nil:
			line = count(r)
		case r.Good:
			line = fmt.Sprint(r.Bytes)
		}
		_, err := fmt.Println(line)
		return err
	}}
	return s.Serve(ctx, ln)
}

func sendVariant(ctx context.Context, table *fsm.Table, idle time.Duration, args []string) error {
	if len(args) != 3 {
		return cli.Usagef("wanted host, port and file")
	}
	if _, err := cli.Port(args[1]); err != nil {
		return err
	}
	file, err := os.Open(args[2])
	if err != nil {
		return err
	}
	defer file.Close()
	c := &transport.Client{Table: table, Timeout: idle}
	_, err = c.Send(ctx, args[0]+":"+args[1], file)
	return err
}
