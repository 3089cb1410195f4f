package accio_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/internal/overlaytest"
)

const (
	session  = "transport/session.go"
	listener = "transport/fastlistener_linux.go"
	slots    = "transport/slot.go"
	reasons  = "transport/reason.go"
	server   = "./cmd/server-s"
	client   = "./cmd/client-s"
)

// breaches has, for each claim of docs/protocol.md, a change of the program that
// breaks it, and a test, of the package transport if none is named, that fails
// of that.
var breaches = []struct{ claim, file, old, new, dir, test string }{
	{"1.1", "protocol/server.go", "fsm.In(SendAccio1, fsm.Write, Accio, Sent)", `fsm.In(SendAccio1, fsm.Write, Accio + "\n", Sent)`, "", "TestCommandsAndConfirmationsTakeTurns"},
	{"1.2", "protocol/server.go", "fsm.In(AwaitConfirm1, fsm.Expect, Confirm1, Confirmed)", "fsm.In(AwaitConfirm1, fsm.Expect, Confirm1[:14], Confirmed)", "", "TestCommandsAndConfirmationsTakeTurns"},
	{"1.3", "protocol/server.go", "fsm.In(SendAccio2, fsm.Write, Accio, Sent)", `fsm.In(SendAccio2, fsm.Write, "accio\n", Sent)`, "", "TestCommandsAndConfirmationsTakeTurns"},
	{"1.4", "protocol/server.go", "fsm.In(AwaitConfirm2, fsm.Expect, Confirm2, Confirmed)", "fsm.In(AwaitConfirm2, fsm.Expect, Confirm2[:21], Confirmed)", "", "TestCommandsAndConfirmationsTakeTurns"},
	{"1.5", session, "s.payload.Add(n)\n\t\tif event != whole {\n\t\t\treturn good(event)", "s.payload.Store(n)\n\t\tif event != whole {\n\t\t\treturn good(event)", "", "TestServerCounts"},
	{"1.5", "transport/await.go", "n, err := s.conn.Discard()\n", "n, err := s.conn.Discard()\n\ts.text = append(s.text, make([]byte, n)...)\n", "", "TestServerMemoryIsConstant"},
	{"1.6", session, "take, s.text[s.end.right:len(text)])", "take, s.text[s.end.right:len(text)+1])", "", "TestPayloadIsWhateverFollowsTheHeader"},
	{"1.7", session, "s.text[s.end.right] == text[s.end.right]", "s.text[s.end.right]|0x20 == text[s.end.right]|0x20", "", "TestEveryWrongByte"},
	{"1.8", session, "for s.end.right < len(text) {", "for s.end.right == 0 {", "", "TestEveryCutOfTheHeader"},
	{"1.9", session, "event == whole && s.eager && s.answers(a)", "event == whole && s.answers(a)", "", "TestServerTakesWhatCameEarly"},
	{"1.10", "protocol/server.go", "a system does that for a program that closes, or dies, before it has read both commands", "", "", "TestExplanations"},
	{"1.11", listener, "unix.SO_OOBINLINE", "unix.SO_KEEPALIVE", "", "TestUrgentDataIsOrdinaryData"},
	{"1.12", session, "if event != whole {\n\t\t\treturn good(event)", "if event != whole {\n\t\t\tif s.conn.CloseWrite() != nil {\n\t\t\t\treturn fsm.Failed\n\t\t\t}\n\t\t\treturn good(event)", "", "TestServerIgnoresAResetAfterTheEnd"},

	{"2.1", "protocol/server.go", "fsm.On(SendAccio1, Sent, AwaitConfirm1)", "fsm.On(SendAccio1, Sent, SendAccio2)", ".", "TestTableIsAsExpected"},
	{"2.2", "transport/classify.go", "return fsm.Failed", "return fsm.Closed", "", "TestResetInEveryState"},
	{"2.3", "fsm/machine.go", "State: from, Event: e, Possible", "State: from, Possible", "", "TestAnEventThatTheTableLacks"},
	{"2.4", "transport/await.go", "if ctx.Err() != nil {\n\t\t\treturn n, fsm.Shutdown\n\t\t}\n", "", "", "TestShutdownBeatsEverything"},
	{"2.5", "transport/netconn.go", "n, err := c.streamConn.Read(p)\n\tif n == 0 &&", "n, err := c.streamConn.Read(p)\n\tif n > 0 &&", "", "TestServerLosesNothingToAPassedDeadline"},
	{"2.6", "transport/await.go", "event := s.ended(err)\n", "if classify(err) == fsm.Failed {\n\t\t\t_, err = m(s, p)\n\t\t}\n\t\tevent := s.ended(err)\n", "", "TestAnErrorIsReadOnce"},

	{"3.1", slots, "if s.Result == nil ||", "if s.Result == nil || result.Event == fsm.Mismatched ||", server, "TestScript"},
	{"3.1", "cmd/server-s/sense.go", "traced.Is(os.Stdout):", "false:", server, "TestScript"},
	{"3.2", "cmd/server-s/results.go", "case r.Good:", "case r.Good || r.Bytes > 0:", server, "TestResultLines"},
	{"3.3", "protocol/server.go", "fsm.On(AwaitConfirm2, fsm.Closed, Error)", "fsm.On(AwaitConfirm2, fsm.Closed, Done)", "", "TestCloseInEveryState"},
	{"3.4", slots, "if s.Result == nil ||", "now.conn.(Incoming).Close()\n\tif s.Result == nil ||", "", "TestResultComesBeforeOurClose"},
	{"3.5", "internal/record/json.go", "l.Received = &r.Bytes", "l.Sent = &r.Bytes", server, "TestScript"},

	{"4.1", session, "DefaultIdleTimeout = 10 * time.Second", "DefaultIdleTimeout = 11 * time.Second", "", "TestExplanations"},
	{"4.1", session, "s.restart()\n\ts.arm()\n}\n\n// perform", "s.restart()\n}\n\n// perform", "", "TestSilenceInEveryState"},
	{"4.2", "transport/await.go", "if n > 0 && s.eager {", "if n > 0 {", "", "TestEveryWord"},
	{"4.3", session, "s.restart()\n\ts.arm()\n}\n\n// perform", "s.clock = epoch\n\ts.arm()\n}\n\n// perform", "", "TestServerIdleLimit"},

	{"5.1", listener, "backlog = 4096", "backlog = 1", "", "TestServerQueue"},
	{"5.2", "transport/listener.go", "return &netConn{c.(streamConn), l.discarded}, nil", "go func() {\n\t\tif n, err := l.Listener.Accept(); err == nil {\n\t\t\tn.Write([]byte(\"accio\\r\\n\"))\n\t\t}\n\t}()\n\treturn &netConn{c.(streamConn), l.discarded}, nil", "", "TestServerQueue"},
	{"5.3", "transport/server.go", "if err := p.serve(ctx, c); err != nil {", "if ctx.Err() != nil {\n\t\t\tc.Close()\n\t\t} else if err := p.serve(ctx, c); err != nil {", "", "TestShutdownBeforeTheFirstActivity"},
	{"5.4", "internal/errno/errno_unix.go", "syscall.EMFILE, ", "", "", "TestAcceptWaitsOutWhatPasses"},
	{"5.5", "transport/await.go", "s.restart()\n\t}\n\treturn n, err", "}\n\treturn n, err", "", "TestSenderWithoutEndHoldsUpTheNext"},
	{"5.6", "transport/together.go", "make(chan struct{}, s.Concurrency)", "make(chan struct{}, s.Concurrency+1)", "", "TestServerOfSomePlaces"},

	{"6.1", "transport/address.go", "netip.IPv4Unspecified()", "netip.AddrFrom4([4]byte{127, 0, 0, 1})", "", "TestListenerIsOnEveryInterface"},
	{"6.2", "internal/cli/cli.go", "err != nil || n == 0", "err != nil", "./internal/cli", "TestPort"},
	{"6.2", "cmd/server-s/sense.go", "(x == y || covers(x, y) || covers(y, x))", "x == y", server, "TestAddressesThatAreTaken"},
	{"6.3", "internal/cli/status.go", "return Failed", "return Usage", "./internal/cli", "TestStatus"},
	{"6.4", "cmd/server-s/main.go", "syscall.SIGQUIT, syscall.SIGTERM", "syscall.SIGTERM", server, "TestSignalInEachState"},
	{"6.5", "cmd/server-s/main.go", "signal.Ignore(syscall.SIGPIPE)", "signal.Reset(syscall.SIGPIPE)", server, "TestStdoutWhoseReaderIsGone"},
	{"6.6", "cmd/server-s/console.go", "c.out.Write(p, time.After(logPatience))", "c.out.Write(p, nil)", server, "TestBrokenStderr"},
	{"6.7", "cmd/server-s/main.go", "traced.Transition(tr)", "", server, "TestScript"},
	{"6.7", "cmd/server-s/main.go", "\toperator, err := openControl", "\tif f, _ := trace.Create(o.trace); f != nil {\n\t\tf.Close()\n\t}\n\toperator, err := openControl", server, "TestScript"},
	{"6.8", "internal/descriptors/descriptors.go", "enough = 11", "enough = 3", server, "TestFewDescriptors"},
	{"6.9", "cmd/server-s/blocked.go", "blockedPatience = time.Second ", "blockedPatience = 2 * time.Second ", server, "TestBlockedIsSaid"},
	{"6.10", "internal/record/log.go", "2006-01-02T15:04:05.000Z07:00", "15:04:05.000", "./internal/record", "TestLog"},
	{"6.11", "internal/record/flood.go", "if r.Level == slog.LevelWarn && f.held(&r) {", "if r.Level > slog.LevelError && f.held(&r) {", "./internal/record", "TestFlood"},
	{"6.12", "cmd/server-s/ending.go", "if drain > 0 {", "if drain < 0 {", server, "TestDrain"},
	{"6.13", "cmd/server-s/main.go", "Most: uint64(o.most), ", "", server, "TestSoManyConnections"},
	{"6.14", listener, "if !l.shared { // the", "if true { // the", "", "TestInherit"},
	{"6.15", "transport/crowd_linux.go", "c.beat = c.clock + c.server.BeatEvery", "c.beat = never", "", "TestBeat"},
	{"6.16", "cmd/server-s/main.go", "\tconfine(o, log)\n", "", server, "TestConfined"},
	{"6.16", "cmd/server-s/options.go", "o.confined = !*free", "o.confined = *free || true", server, "TestConfined"},
	{"6.16", "cmd/server-s/confine_linux.go", "grant(reopened, l.written...)", "grant(reopened, \"/\")", server, "TestConfined"},
	{"6.16", "cmd/server-s/confine_linux.go", "grant(reopened, l.written...)", "", server, "TestConfinedServerServes"},
	{"6.17", "cmd/server-s/reopen.go", "\t\t\t\ttraced.Reopen()\n", "", server, "TestHangup"},
	{"6.17", "cmd/server-s/reopen.go", "!term.IsTerminal(int(os.Stderr.Fd()))", "!term.IsTerminal(-1)", server, "TestHangupOfATerminal"},
	{"6.17", "cmd/server-s/logfile.go", "os.O_CREATE|os.O_APPEND", "os.O_CREATE|os.O_TRUNC", server, "TestLogFileIsAppendedTo"},
	{"6.17", "cmd/server-s/confine.go", "\tl.write(o.logFile)\n", "", server, "TestReopenWhereConfined"},
	{"6.17", "cmd/server-s/log.go", "log.Error(err.Error())", "", server, "TestFatalErrorsAreInBoth"},
	{"6.17", "cmd/server-s/main.go", "\t\t\ttraced.Begin(r.Connection)\n", "", server, "TestReopenUnderClients"},
	{"6.17", "internal/record/trace.go", "for i > 0 && connection", "for false && connection", "./internal/record", "TestReopen"},
	{"6.17", "trace/part.go", "next.began, next.places, next.instance, next.first = f.began, f.places, f.instance, first", "next.began, next.places = f.began, f.places", "./internal/record", "TestReopen"},
	{"6.18", "cmd/accio/runs.go", "p.Run != \"\" && f.Run == p.Run && f.Instance == p.Instance", "p.Run != \"\" && f.Run == p.Run", "./cmd/accio", "TestScript"},
	{"6.18", "cmd/server-s/results.go", "record.JSON(r, record.Received, p.instance)", "record.JSON(r, record.Received, \"\")", server, "TestInstance"},
	{"6.19", "transport/proxy.go", "if !h.allows(h.remote) {", "if false {", "", "TestNobodyButTheBalancerIsServed"},
	{"6.19", "transport/proxy.go", "s.unread = h.text[size:]", "s.unread = h.text", "", "TestEveryCutOfAProxyHeader"},
	{"6.19", slots, "\tresult.Remote = now.peer()\n", "", "", "TestEveryCutOfAProxyHeader"},
	{"6.19", "transport/proxy.go", "await(ctx, receive, h.text[had:most])", "await(ctx, func(s *session, p []byte) (int64, error) {\n\t\t\tn, err := s.conn.Read(p)\n\t\t\treturn int64(n), err\n\t\t}, h.text[had:most])", "", "TestProxyHeaderByteByByte"},

	{"7.1", session, "if err := s.conn.CloseWrite(); err != nil {", "if err := error(nil); err != nil {", "", "TestClientSendsTheFile"},
	{"7.2", session, "if event == whole {\n\t\ts.end.arrived", "if false {\n\t\ts.end.arrived", "", "TestClientWaiting"},
	{"7.3", session, "s.restart()\n\t\tn, event := s.await(ctx, feed, nil)", "n, event := s.await(ctx, feed, nil)", "", "TestClientSending"},
	{"7.4", "cmd/client-s/main.go", "os.Exit(status)", "os.Exit(cli.Failed)", client, "TestScript"},
	{"7.5", "cmd/client-s/send.go", "the server has taken them and closed", "the server has counted them", client, "TestScript"},
	{"7.6", session, "if event := s.look(ctx); event != whole {\n\t\treturn event\n\t}\n", "", "", "TestClientSeesAServerThatLeavesEarly"},
	{"7.7", "transport/client.go", "tcp.SetLinger(0)", "tcp.SetLinger(-1)", "", "TestClientThatGivesUpIsNoResult"},
	{"7.8", "cmd/client-s/send.go", "record.JSON(r, record.Sent, ", "record.JSON(r, record.Received, ", client, "TestScript"},
	{"7.9", "transport/source.go", "if err != io.EOF || s.at >= s.size {", "if true {", "", "TestClientFileThatShrinks"},
	{"7.10", session, "event = s.early(ctx, len(a.Text))", "", "", "TestClientSeesAServerThatDoesNotTakeTurns"},

	{"8.1", reasons, ", and the flag -N of OpenBSD nc", "", "", "TestExplanations"},
	{"8.2", "transport/mistakes.go", "bare LF, wanted CR LF", "bare LF", "", "TestMistakesAreNamed"},
	{"8.3", "transport/mistakes.go", `"\xff")`, `"\xfe")`, "", "TestMistakesAreNamed"},
	{"8.4", "protocol/server.go", "{When: fsm.Silent, State: AwaitConfirm1, Text: deadlock},", "", "", "TestExplanations"},
	{"8.5", reasons, `return "the empty line is missing"`, `return "something is missing"`, "", "TestExplanations"},
	{"8.6", reasons, "probeMost = time.Second", "probeMost = 0", "", "TestExplanations"},
	{"8.7", "transport/excerpt.go", "shown = 40", "shown = 39", "", "TestWhatHasArrivedIsShown"},

	{"9.1", "transport/limit.go", "n.duration = began.Add(l.Duration)", "n.duration = began.Add(2 * l.Duration)", "", "TestEveryWordWithLimits"},
	{"9.1", "transport/limit.go", "l.late, l.spare = true, mostHeld", "l.late, l.spare = true, 0", "", "TestWhatIsThereAtALimitCounts"},
	{"9.2", "transport/limit.go", "n.header = began.Add(l.Header)", "n.header = began.Add(2 * l.Header)", "", "TestEveryWordWithLimits"},
	{"9.3", "transport/limit.go", "DefaultRateWindow = 10 * time.Second", "DefaultRateWindow = 20 * time.Second", "", "TestReasonsOfLimits"},
	{"9.4", "transport/limit.go", "payload > l.Bytes:", "payload >= l.Bytes:", "", "TestEveryWordWithLimits"},
	{"9.5", "transport/peers.go", "min(addr.BitLen(), 64)", "addr.BitLen()", "", "TestPeers"},
	{"9.5", "transport/slot.go", "if s.Proxy == nil {\n\t\ts.meet(now, now.Remote)\n\t}\n", "", "", "TestPeersHaveALimit"},
	{"9.6", "transport/pace.go", "time.Second / time.Duration(perSecond)", "time.Second / time.Duration(10*perSecond)", "", "TestAcceptingHasAPace"},
	{"9.7", "internal/control/listener.go", "mode = 0o600", "mode = 0o660", "./internal/control", "TestTheSocketIsItsUsers"},
	{"9.7", "transport/limit.go", "now.abort.Store(&ErrKilled)", "", "", "TestOneIsAborted"},
}

// In every run each claim has a breach, which is possible; in the longer run it
// is put in, and its test must fail.
func TestEveryClaimIsTested(t *testing.T) {
	text, err := os.ReadFile("docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]int{} // their breaches
	for _, claim := range regexp.MustCompile(`\*\*(\d+\.\d+)\*\*`).FindAllStringSubmatch(string(text), -1) {
		claims[claim[1]] = 0
	}
	var list []overlaytest.Fault
	for _, b := range breaches {
		if _, ok := claims[b.claim]; !ok {
			t.Errorf("docs/protocol.md has no %s", b.claim)
		}
		claims[b.claim]++
		if b.dir == "" {
			b.dir = "./transport"
		}
		list = append(list, overlaytest.Fault{Name: "§" + b.claim, File: b.file, Old: b.old, New: b.new, Package: b.dir, Test: b.test})
	}
	for claim, n := range claims {
		if n == 0 {
			t.Errorf("nothing that breaks §%s is known to fail a test", claim)
		}
	}
	overlaytest.Catch(t, os.Getenv("ACCIO_LONG") != "", len(claims)+22, list)
	stale(t, claims)
}

// stale expects of each claim that a test names, as §1.2, that it exists.
func stale(t *testing.T, claims map[string]int) {
	t.Helper()
	named := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range regexp.MustCompile(`§(\d+\.\d+)`).FindAllStringSubmatch(string(text), -1) {
			named[name[1]] = true
		}
		return err
	})
	if err != nil || len(named) == 0 {
		t.Fatal(named, err)
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if _, ok := claims[name]; !ok {
			t.Errorf("a test names §%s, which docs/protocol.md does not have", name)
		}
	}
}
