package conform

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// unreachable are the transitions that nobody brings about from outside: seven
// bytes go into any socket, however little its peer reads, and what the operator does is
// not a client's to ask for.
var unreachable = map[fsm.Transition]string{
	fsm.On(protocol.SendAccio1, fsm.TimedOut, protocol.Error):   "the command always fits",
	fsm.On(protocol.SendAccio2, fsm.TimedOut, protocol.Error):   "the command always fits",
	fsm.On(protocol.SendAccio1, fsm.Shutdown, protocol.Error):   "the state is left at once",
	fsm.On(protocol.SendAccio2, fsm.Shutdown, protocol.Error):   "the state is left at once",
	fsm.On(protocol.SendAccio1, fsm.Aborted, protocol.Error):    limits,
	fsm.On(protocol.AwaitConfirm1, fsm.Aborted, protocol.Error): limits,
	fsm.On(protocol.SendAccio2, fsm.Aborted, protocol.Error):    limits,
	fsm.On(protocol.AwaitConfirm2, fsm.Aborted, protocol.Error): limits,
	fsm.On(protocol.Streaming, fsm.Aborted, protocol.Error):     limits,
	fsm.On(protocol.SendConfirm1, fsm.TimedOut, protocol.Error): "the confirmation always fits",
	fsm.On(protocol.SendConfirm2, fsm.TimedOut, protocol.Error): "the confirmation always fits",
	fsm.On(protocol.SendConfirm1, fsm.Shutdown, protocol.Error): "the state is left at once",
	fsm.On(protocol.SendConfirm2, fsm.Shutdown, protocol.Error): "the state is left at once",
}

// limits is why nothing is aborted.
const limits = "there are no limits unless somebody asks for them"

// unseen are the claims that cannot be seen from outside, or that are about what
// our own programs have beside the protocol.
var unseen = map[string]string{
	"1.10": "whether the reset comes before what was sent is read depends on the system",
	"2.1":  "the states are inside; what they do is 1 and 3", "2.2": "inside", "2.3": "inside", "2.6": "inside",
	"3.5": "--json", "5.4": "accept fails only where the system is out of something",
	"6.7": "--trace", "6.8": "a limit of our programs", "6.9": "the log", "6.10": "the log", "6.11": "the log",
	"5.6": "--concurrency", "6.12": "--drain", "6.13": "-n", "6.14": "--listen", "6.15": "systemd", "6.16": "the process", "6.17": "--log-file", "6.18": "--instance", "6.19": "--proxy-protocol",
	"9.1": "--max-duration", "9.2": "--header-timeout", "9.3": "--min-rate", "9.4": "--max-bytes", "9.5": "--max-per-peer", "9.6": "--accept-rate", "9.7": "--control",
	"7.5": "it says what cannot be known", "7.8": "--json, --trace",
	"8.1": "people", "8.2": "people", "8.3": "people", "8.4": "people", "8.5": "people", "8.6": "people", "8.7": "the log",
}

// There is a case for every transition that a peer, or a signal, can bring about,
// and none for another.
func TestEveryTransitionHasACase(t *testing.T) {
	covered := 0
	for _, role := range []string{"server", "client"} {
		table := Table(role)
		have := map[fsm.Transition]bool{}
		for _, c := range Cases(role) {
			s, e, ok := c.Edge()
			if !ok {
				continue
			}
			to, ok := table.Next(s, e)
			if !ok {
				t.Errorf("%s: the table has no %s in %s", c.ID, e, s)
			}
			have[fsm.On(s, e, to)] = true
		}
		for _, tr := range table.Transitions {
			switch why, not := unreachable[tr]; {
			case have[tr] && not:
				t.Errorf("%v has a case, although %s", tr, why)
			case !have[tr] && !not:
				t.Errorf("%v has no case", tr)
			case have[tr]:
				covered++
			}
		}
	}
	require.Ran(t, "transitions", covered, len(protocol.Server.Transitions)+len(protocol.Client.Transitions)-len(unreachable))
}

// Every claim has a case, or a reason; the ids are those of their kind.
func TestEveryClaimHasACase(t *testing.T) {
	text, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	ids := map[string]bool{}
	form := regexp.MustCompile(`^(server|client)/([A-Za-z0-9]+/[a-z]+|process|queue)/[a-z0-9-]+$`)
	for _, c := range slices.Concat(Cases("server"), Cases("client")) {
		if ids[c.ID] || !form.MatchString(c.ID) {
			t.Errorf("the id %s", c.ID)
		}
		ids[c.ID] = true
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Weight < 1 || len(c.Claims) == 0 || c.Level != Required && c.Level != Strict || (c.server == nil) == (c.client == nil) {
			t.Errorf("%+v", c)
		}
		for _, claim := range c.Claims {
			have[claim] = true
			if Claim(claim) == "" {
				t.Errorf("%s: there is no claim %s", c.ID, claim)
			}
		}
	}
	claims := regexp.MustCompile(`\*\*(\d+\.\d+)\*\*`).FindAllStringSubmatch(string(text), -1)
	for _, m := range claims {
		if Claim(m[1]) == "" {
			t.Errorf("the text of %s is not found", m[1])
		}
		if _, not := unseen[m[1]]; have[m[1]] == not {
			t.Errorf("§%s: has a case: %v; has a reason for none: %v", m[1], have[m[1]], not)
		}
	}
	if len(claims) < 50 || len(ids) < 200 {
		t.Errorf("%d claims, %d cases", len(claims), len(ids))
	}
}

// A claim of which the contract says that it is ours alone asks for no required
// case.
func TestRequiredIsNoDecisionOfOurs(t *testing.T) {
	ours := 0
	for _, c := range slices.Concat(Cases("server"), Cases("client")) {
		if c.Level == Required && strings.Contains(Claim(c.Claims[0]), "(ours") && c.Claims[0] != "3.2" {
			t.Errorf("%s: §%s is a decision of ours", c.ID, c.Claims[0])
		}
		if strings.Contains(Claim(c.Claims[0]), "(ours") {
			ours++
		}
	}
	if ours < 5 {
		t.Errorf("%d cases of claims that are ours", ours)
	}
}

func TestClaimText(t *testing.T) {
	for number, want := range map[string]string{
		"1.2": "Then it reads the first confirmation, confirm-accio\\r\\n, 15 bytes.",
		"1.7": "The confirmations are exact and case-sensitive; nothing may stand before, between or after them. The first byte that differs ends the session.",
		"9.9": "",
	} {
		if got := Claim(number); got != want {
			t.Errorf("%s: %q", number, got)
		}
	}
}

// docs/conformance-cases.md is the list that there is.
func TestListIsCurrent(t *testing.T) {
	text, err := os.ReadFile("../docs/conformance-cases.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != Markdown() {
		t.Error("docs/conformance-cases.md is stale; go generate ./conform")
	}
}
