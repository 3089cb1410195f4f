package transport

import (
	"testing"

	"accio/internal/overlaytest"
)

// seeded lists faults of the kind that people make, each with the test that is
// to catch it: file is changed from old to new, and then test must fail, or
// each of several with | between them. The last of them are faults of the tests
// themselves, which make them explore or compare less than they say. Those that
// break a claim of docs/protocol.md are in claims_test.go.
var seeded = []struct{ name, file, old, new, test string }{
	{"a cancelled context into the machine", "../fsm/machine.go",
		"m.states.Event(context.Background(), string(e))",
		"m.states.Event(func() context.Context { c, f := context.WithCancel(context.Background()); f(); return c }(), string(e))",
		"TestEveryWord"},
	{"a shutdown lost before a wait", "await.go",
		"if ctx.Err() != nil {\n\t\t\treturn 0, fsm.Shutdown\n\t\t}\n\t\tif s", "if s",
		"TestShutdownAtEveryYieldPoint"},
	{"the clock restarted by a change of state", "session.go", "if s.eager {\n\t\ts.restart()", "if true {\n\t\ts.restart()", "TestEveryWord"},
	{"the clock not restarted by a confirmation", "await.go",
		"n, err := s.conn.Read(p)\n\tif n > 0 {", "n, err := s.conn.Read(p)\n\tif n > len(p) {",
		"TestConformsByTheWMethod"},
	{"a deadline that is not set anew", "await.go", "case s.silent():", "case s.idle > 0:", "TestConformsByTheWMethod"},
	{"a byte too many read", "session.go", "take, s.text[s.end.right:len(text)])", "take, s.text[s.end.right:len(text)+1])", "FuzzConfirmations"},
	{"a confirmation compared by its length", "session.go", "s.text[s.end.right] == text[s.end.right]", "s.text[0] == text[0]", "TestEveryWrongByte"},
	{"a reset taken for an end", "classify.go", "errors.Is(err, io.EOF)", "err != io.ErrShortWrite && !errors.Is(err, os.ErrDeadlineExceeded)", "TestResetAtEveryYieldPoint"},
	{"the last bytes not counted", "session.go", "s.payload.Add(n)\n\t\tif event != whole {\n\t\t\treturn good(event)",
		"if n < 1<<40 { s.payload.Add(n) }\n\t\tif event != whole {\n\t\t\treturn good(event)", "TestCountBeyondEveryNarrowInteger"},
	{"data lost to a passed deadline, by the fast path", "fastconn_linux.go",
		"passed = true", "return 0, os.ErrDeadlineExceeded",
		"TestFastConnLooksOnceMore"},
	{"bytes that wait below the low-water mark", "fastconn_linux.go",
		"if c.wait(c.fd, unix.POLLIN, lowWaterPatience) != something {", "if c.wait(c.fd, unix.POLLIN, never) != something {",
		"TestEveryFastFlow"},
	{"a flow that is fast for ever", "fastconn_linux.go", "\t\t\tc.setLow(false)\n", "", "TestEveryFastFlow|TestFastFlowCosts"},
	{"an idle server that spins", "fastlistener_linux.go", "_, err := l.conn.sys.Ppoll(l.ready[:], nil); err", "err := error(nil); err", "TestIdleServerSleeps"},
	{"an error of accept that is none", "fastlistener_linux.go", "return nil, acceptError(\"accept4\", err)", "return nil, nil", "TestFastAcceptWaitsOutWhatPasses"},
	{"no buffer for a kernel that minds", "fastconn_linux.go", "if err != unix.EFAULT && err != unix.EINVAL {", "if err != unix.EBADF {", "TestFastConnFallsBackToABuffer"},
	{"Multipath TCP", "listener.go", "config.SetMultipathTCP(false)\n", "", "TestListenersHaveTheirOptions"},
	{"urgent data left out", "fastlistener_linux.go", "append(more, unix.SO_OOBINLINE)", "more", "TestAcceptedSocketsHaveTheirOptions"},
	{"a descriptor left open", "fastlistener_linux.go", "\t\tsys.Close(fd)\n", "", "TestFastListenFails"},
	{"a byte too many counted, by the fast path", "fastconn_linux.go", "n, err = ended(n, err)\n\treturn", "if n, err = ended(n, err); n > 0 {\n\t\tn++\n\t}\n\treturn", "TestEveryWordOverLoopback"},
	{"a byte too many counted, by package net", "netconn.go", "n, err := c.Read(c.discarded)\n", "n, err := c.Read(c.discarded)\n\tif n > 0 {\n\t\tn++\n\t}\n", "TestEveryWordOverLoopback"},
	{"a waiting thread not woken", "wakeup_linux.go", "if w.waiting.Load() {", "if !w.waiting.Load() {", "TestServerShutdown"},
	{"a deadline changed before the wait and seen too late", "wakeup_linux.go",
		"w.waiting.Store(true)\n\tdefer w.waiting.Store(false)\n\tnow := time.Since(epoch)\n\tw.turn.yield(now)\n\tleft, at := time.Duration(w.deadline.Load()), expired\n",
		"now := time.Since(epoch)\n\tleft, at := time.Duration(w.deadline.Load()), expired\n\ttime.Sleep(50 * time.Microsecond)\n\tw.waiting.Store(true)\n\tdefer w.waiting.Store(false)\n",
		"TestFastConnIsWoken"},
	{"accepting after the shutdown", "server.go", "for s.accepts(ctx, 0) {", "for {", "TestShutdownBeforeTheFirstActivity"},
	{"a command that comes before its turn", "session.go", "s.eager && s.answers(a)", "s.eager && !s.eager", "TestClientSeesAServerThatDoesNotTakeTurns"},
	{"a file of sysfs taken for one that shrank", "source.go", "info.Size() < s.size {\n\t\treturn", "info.Size() <= s.size {\n\t\treturn", "TestClientFileWhoseSizeLies"},
	{"a file that shrank taken for one of sysfs", "source.go", "info.Size() < s.size {\n\t\treturn", "info.Size() < 0 {\n\t\treturn", "TestClientFileThatShrinks"},
	{"what comes with a wrong byte waited for", "look.go", "s.conn.SetDeadline(elapsed)\n\tgot := ", "got := ", "TestTheRestIsOverheard"},
	{"what comes after a wrong byte not shown", "session.go", "about.arrived = s.overhear()", "s.overhear()", "TestWhatHasArrivedIsShownOverTCP"},
	{"a probe and a client that waits told alike", "reason.go", "case r.silence < probeMost:", "default:\n\tcase false:", "TestExplanations"},
	{"an upload that skips what was not written", "source.go", "s.file.Seek(s.at, io.SeekStart)", "s.file.Seek(0, io.SeekCurrent)", "TestClientLosesNothingToAPassedDeadline"},

	{"a place too many", "crowd_linux.go", "room := max(c.server.Concurrency, 1) - c.serving()", "room := max(c.server.Concurrency, 1) + 1 - c.serving()", "TestCodeIsTheCrowd"},
	{"a place too many, by goroutines", "together.go", "make(chan struct{}, s.Concurrency)", "make(chan struct{}, s.Concurrency+1)", "TestCodeIsTheCrowd"},
	{"a crowd that is not told of the shutdown", "crowd_linux.go", "if c.ctx.Err() != nil || c.server.aborts", "if c.server.aborts", "TestCodeIsTheCrowd"},
	{"a crowd that always asks the same door first", "crowd_linux.go", "room := min(c.room(), acceptAtOnce)", "room := min(c.room(), acceptAtOnce); c.next = 0", "TestDoorsTakeTurns"},
	{"a crowd that a door keeps busy which is left to another", "crowd_linux.go", "unix.EPOLLIN|unix.EPOLLET", "unix.EPOLLIN", "TestLeftDoorIsNotWatched"},
	{"time for which an output was blocked that is held against clients", "crowd_linux.go", "c.excuse(stood)", "c.excuse(0)", "TestWhoWaitedForAResultIsExcused"},
	{"a client whom nobody turns away", "join.go", "range j.held {", "range j.held[:0] {", "TestJoinedTurnsAway"},
	{"a crowd that is not told of an abort", "crowd_linux.go", " || c.server.aborts.Swap(false) {", " {", "TestCodeIsTheCrowd"},
	{"an abort that what has arrived goes before", "await.go", "if s.killed() {\n\t\t\treturn n, fsm.Aborted\n\t\t}\n", "", "TestCodeIsLevel1StepByStep|TestAbortAtEveryYieldPoint"},
	{"a limit of time that does not wake", "await.go", "!limit.IsZero() && limit.Before(due)", "limit.Before(due) && limit.IsZero()", "TestEveryWordWithLimits"},
	{"a limit of time that is looked at when nothing is there only", "limit.go", "case l.late && l.spare > 0, !l.passed(s.clock):", "case l.late && l.spare > 0, !l.late:", "TestWhoNeverPausesIsEnded"},
	{"a window that never ends", "limit.go", "l.rate, l.had = now.Add(window), payload", "l.rate = now.Add(window)", "TestEveryWordWithLimits"},
	{"a peer that never leaves", "slot.go", "\ts.peers.leave(now.from)\n", "", "TestPeersHaveALimit"},
	{"accepting without a pace", "pace.go", "p.full = p.full.Add(p.each)", "", "TestAcceptingHasAPace"},
	{"a member that is not told when it can write", "member_linux.go", "if m.watched == events {", "if m.watched != 0 {", "TestAMemberWaitsToWrite"},

	{"a server that does not go on after its first command", "../protocol/server.go", "\t\tfsm.On(SendAccio1, Sent, AwaitConfirm1),\n", "",
		"TestServerLosesNothingToAPassedDeadline|TestServerQueue|TestQueued"},
	{"a server that does not go on after the header", "../protocol/server.go", "\t\tfsm.On(AwaitConfirm2, Confirmed, Streaming),\n", "",
		"TestServerLosesNothingToAPassedDeadline|TestServerIgnoresAResetAfterTheEnd"},

	{"no yield point is injected", "../explore/session.go", "if s.at != nil {", "if s.at != nil && n < 0 {", yieldPointTests},
	{"no yield point is counted", "../explore/session.go", "s.Yields++\n", "", yieldPointTests},
	{"failing writes that do not fail", "../explore/conn.go", "case c.deaf != nil:", "case c.deaf != nil && c.half:", "TestWriteFailureAtEveryYieldPoint"},
	{"a reset that does nothing", "../explore/inject.go", "if !g.Holds().Reset {", "if g.Holds().Reset {", "TestResetAtEveryYieldPoint"},
	{"words that have one input", "../explore/word.go", "|| len(w.Inputs) >= length", "|| len(w.Inputs) >= 1",
		"TestEveryWord|TestTransitionsTakenAreTheTable|" + yieldPointTests},
	{"no early words", "../explore/word.go", "if in.early() {", "if in.early() && in.Pause > 0 {", "TestEveryWord|TestEveryWordOverLoopback|" + yieldPointTests},
	{"an alphabet without an input", "word_test.go", "\t{Name: \"d\", Bytes: \"\\r\\nz\"}, // ends the second confirmation too, and goes on\n", "",
		"TestEveryWord|TestLearnedBehaviourIsTheExpectedOne|TestConformsByTheWMethod|TestEveryWordOverLoopback"},
	{"a learner of three inputs", "../explore/learn.go", "range a {", "range a[:3] {", "TestLearnedBehaviourIsTheExpectedOne"},
	{"a W-method without a suite", "../explore/wmethod.go", "words = append(words, full)", "", "TestConformsByTheWMethod"},
	{"a W-method without a middle", "../explore/wmethod.go", "if left > 0 && a.follows(of, w, in) {", "if left > 9 && a.follows(of, w, in) {", "TestConformsByTheWMethod"},
	{"no words over loopback", "loopback_test.go", "list = append(list, w)", "", "TestEveryWordOverLoopback"},
	{"one path less", "listener_linux_test.go", "paths[\"fast\"] = everywhere(listenFast)", "", "TestEveryWordOverLoopback"},
	{"one ground less", "ground_linux_test.go", "grounds[\"fast\"] = onSimulated\n", "", "TestEveryWord|TestConformsByTheWMethod|TestLearnedBehaviourIsTheExpectedOne"},
	{"no fast flows", "fastflow_linux_test.go", "for _, in := range flows[:2] {", "for _, in := range flows[:0] {", "TestEveryFastFlow"},
	{"a simulated reset that takes what has arrived", "../explore/simkernel/stream.go", "s.dead, s.noMore, s.deaf, s.sending = true, true, true, nil", "s.dead, s.noMore, s.deaf, s.sending, s.received = true, true, true, nil, nil", "TestSimulatedKernelIsLikeTheRealOne"},
	{"a simulated low-water mark that a full buffer does not heed", "../explore/simkernel/stream.go", "n >= target ||", "n >= 1 ||", "TestSimulatedKernelIsLikeTheRealOne"},
	{"nothing for any share", "../explore/share.go", "mine := counts[share]%shares == share", "mine := counts[share]%shares == shares", "TestEveryWord|TestMutantsThatNoSessionMeetsAreEquivalent"},
	{"everything for every share", "../explore/share.go", "mine := counts[share]%shares == share", "mine := true", "TestEveryWord"},
	{"no mutants", "mutant_test.go", "if len(list) == 0 {", "if len(list) < 1e9 {", "TestMutantsOfTheTableAreKilled"},
	{"no cuts", "explore_test.go", "for cut := 1; cut < len(header); cut++ {", "for cut := 1; cut < len(header[:1]); cut++ {", "TestEveryCutOfTheHeader"},
	{"no wrong bytes", "session_test.go", "if wrong == header[at] {", "if wrong != header[at] {", "TestEveryWrongByte"},
	{"a comparison of nothing that was seen", "../explore/difference.go", "; got != want[i] {", "; got.Notes == \"\" && got != want[i] {", "TestDifferencesAreTold"},
	{"a comparison of no result", "explore_test.go", "if d != nil || !last.Ended {", "if d != nil || last.Ended {", "TestDifferencesAreTold"},
}

const yieldPointTests = "TestShutdownAtEveryYieldPoint|TestResetAtEveryYieldPoint|TestWriteFailureAtEveryYieldPoint"

// In every run each fault must still be possible, that is, its place be there
// once; in the longer run it is built in, and its test must catch it.
func TestSeededFaultsAreCaught(t *testing.T) {
	faults := make([]overlaytest.Fault, len(seeded))
	for i, f := range seeded {
		faults[i] = overlaytest.Fault{Name: f.name, File: f.file, Old: f.old, New: f.new, Test: f.test}
	}
	overlaytest.Catch(t, long(), 45+25, faults)
}
