package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accio/internal/require"
	"accio/trace"
	"accio/transport"
)

const patience = 30 * time.Second

// serve starts a sink, whose results come on the channel, and whose trace is
// checked at the end.
func serve(t *testing.T) (address string, results <-chan transport.Result) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := make(chan transport.Result, 100)
	server := &transport.Server{Table: &sink, Do: do, Result: func(r transport.Result) error { all <- r; return nil }}
	name := filepath.Join(t.TempDir(), "trace")
	if err := traced(server, name); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		report, err := trace.Check(f, &sink)
		if err != nil || len(report.Violations) > 0 || report.Connections == 0 {
			t.Errorf("%+v, %v", report, err)
		}
	})
	return fmt.Sprintf("127.0.0.1:%d", ln.Addr().Port()), all
}

// want waits for the end of a connection.
func want(t *testing.T, results <-chan transport.Result, good bool, bytes int64) {
	t.Helper()
	select {
	case r := <-results:
		if r.Good != good || r.Bytes != bytes {
			t.Errorf("good %t with %d bytes, want %t with %d: %s", r.Good, r.Bytes, good, bytes, r.Explanation())
		}
	case <-time.After(patience):
		t.Fatal("the connection has not ended")
	}
}

func TestTable(t *testing.T) {
	if err := sink.Validate(); err != nil {
		t.Error(err)
	}
	for _, o := range sink.Own {
		if do[o.Action] == nil {
			t.Errorf("nothing does %s", o.Action)
		}
	}
}

// A client of RFC 5321 hears what it says there, also when it says all at once
// (RFC 2920) or each byte for itself.
func TestDialogues(t *testing.T) {
	const offer = "250-sink\n250-PIPELINING\n250-8BITMIME\n250 SIZE 67108864\n"
	const mail = "MAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\n"
	const ok = "250 2.1.0 sender ok\n250 2.1.5 recipient ok\n354 end with a dot on a line of its own\n"
	played := 0
	address, results := serve(t)
	for _, test := range []struct {
		says, hears string
		bytes       int64
		good        bool
	}{
		{"QUIT\n", "", 0, true},
		{"helo x\nquit\n", "250 sink\n", 0, true},
		{"EHLO x\nNOOP y\nVRFY z\nRSET\nQUIT\n", offer + "250 2.0.0 ok\n252 2.1.5 it is counted, whoever that is\n250 2.0.0 forgotten\n", 0, true},
		{"RSET\nEHLO x\nQUIT\n", "250 2.0.0 nothing to forget\n" + offer, 0, true},
		{"HELO x\n" + mail + "\n.\n" + mail + "ab\n..\n.x\n.\nQUIT\n", "250 sink\n" + ok + "250 2.0.0 counted\n" + ok + "250 2.0.0 counted\n", 2 + 4 + 3 + 3, true},
		{"HELO x\nMAIL FROM:<>  BODY=8BITMIME SIZE=9\nRCPT TO:<c@d>\nRCPT TO:<e@f>\nRSET\nRCPT TO:<c@d>\nQUIT\n",
			"250 sink\n250 2.1.0 sender ok\n250 2.1.5 recipient ok\n250 2.1.5 recipient ok\n250 2.0.0 forgotten\n503 5.5.1 not now\n", 0, true},
		{"MAIL FROM:<a@b>\nHELO x\nDATA\nRCPT TO:<c@d>\nMAIL TO:<a@b>\nMAIL FROM:a@b\nRCPT TO:<>\nDATA now\nHELO\nFOO\n\nQUIT\n",
			"503 5.5.1 not now\n250 sink\n503 5.5.1 not now\n503 5.5.1 not now\n501 5.5.4 that is not what MAIL looks like\n501 5.5.4 that is not what MAIL looks like\n" +
				"501 5.5.4 that is not what RCPT looks like\n501 5.5.4 that is not what DATA looks like\n501 5.5.4 that is not what HELO looks like\n500 5.5.1 no such command\n500 5.5.1 no such command\n", 0, true},
		{"NOOPX\nVRFY\nNOOP\nQUIT\n", "501 5.5.4 that is not what NOOP looks like\n501 5.5.4 that is not what VRFY looks like\n250 2.0.0 ok\n", 0, true},
		// A line feed alone ends neither a message nor a command.
		{"HELO x\n" + mail + "a\x00.\nb\n.\x00c\n.\nNOOP\x00QUIT\nQUIT\n", "250 sink\n" + ok + "250 2.0.0 counted\n" + "500 5.5.2 a line is too long, or does not end in CR LF\n", 12, true},
		{"NOOP " + strings.Repeat("x", longest-len("NOOP \r\n")) + "\nNOOP " + strings.Repeat("x", longest-len("NOOP \r\n")+1) + "\nQUIT\n",
			"250 2.0.0 ok\n500 5.5.2 a line is too long, or does not end in CR LF\n", 0, true},
		{"HELO x\n" + mail + strings.Repeat("y", 3*longest) + "\n.\nQUIT\n", "250 sink\n" + ok + "250 2.0.0 counted\n", 3*longest + 2, true},
		{"HELO x\n" + mail + strings.Repeat("y", longest-1) + "\n.\n" + mail + strings.Repeat("y", longest) + "\n.\nQUIT\n",
			"250 sink\n" + ok + "250 2.0.0 counted\n" + ok + "250 2.0.0 counted\n", 2*longest + 3, true}, // a line end in two pieces
		{"HELO x\n" + mail + "half", "250 sink\n" + ok, 0, false},
	} {
		says := strings.ReplaceAll(strings.ReplaceAll(test.says, "\n", "\r\n"), "\x00", "\n")
		if strings.Contains(test.says, "NOOP\x00QUIT") { // is no command, and the QUIT behind it none either
			says = strings.Replace(says, "NOOP\nQUIT", "NOOP\nQUI", 1)
			test.hears += "500 5.5.1 no such command\n"
		}
		hears := "220 sink ESMTP\n" + test.hears
		if test.good {
			hears += "221 2.0.0 bye\n"
		}
		for _, piece := range []int{len(says), 1} {
			c, err := net.Dial("tcp4", address)
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(patience))
			for at := 0; at < len(says); at += piece {
				io.WriteString(c, says[at:min(at+piece, len(says))])
			}
			c.(*net.TCPConn).CloseWrite()
			heard, _ := io.ReadAll(c)
			c.Close()
			if string(heard) != strings.ReplaceAll(hears, "\n", "\r\n") {
				t.Errorf("%.200q heard\n%s\nwant\n%s", says, heard, hears)
			}
			want(t, results, test.good, test.bytes)
			played++
		}
	}
	require.Ran(t, "dialogues", played, 26)
}

// Go's client.
func TestGoClient(t *testing.T) {
	address, results := serve(t)
	text := "Subject: x\r\n\r\n.\r\n..two\r\nlast"
	if err := smtp.SendMail(address, nil, "a@example.com", []string{"b@example.com", "c@example.com"}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	want(t, results, true, int64(len(text)+len("\r\n")))
}

// A message that is too large is refused, and the next one is not.
func TestSize(t *testing.T) {
	address, results := serve(t)
	c, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{maxSize, maxSize + 1, 7} {
		if err := c.Mail("a@example.com"); err != nil {
			t.Fatal(err)
		}
		if err := c.Rcpt("b@example.com"); err != nil {
			t.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, strings.Repeat("x", size-len("\r\n"))+"\r\n")
		if err := w.Close(); (err != nil) != (size > maxSize) || err != nil && !strings.Contains(err.Error(), "552") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if err := c.Quit(); err != nil {
		t.Error(err)
	}
	want(t, results, true, maxSize+7)
}

// Clients that others wrote.
func TestStrangers(t *testing.T) {
	const message = "Subject: x\r\n\r\nhello\r\n.\r\nend\r\n"
	for _, stranger := range []struct {
		tool, command string
		bytes         int64 // 0: as many as the tool likes
	}{
		{"python3", `python3 -c 'import smtplib,sys; s=smtplib.SMTP(sys.argv[1],int(sys.argv[2])); s.sendmail("a@b",["c@d"],open(sys.argv[3],newline="").read()); s.noop(); s.quit()' 127.0.0.1 $PORT $FILE`, int64(len(message))},
		{"curl", `curl -sS --url smtp://127.0.0.1:$PORT --mail-from a@b --mail-rcpt c@d -T $FILE`, int64(len(message))},
		{"swaks", `swaks --server 127.0.0.1 --port $PORT --from a@example.com --to b@example.com,c@example.com --pipeline --hide-all`, 0},
	} {
		t.Run(stranger.tool, func(t *testing.T) {
			require.Tool(t, stranger.tool)
			address, results := serve(t)
			_, port, _ := net.SplitHostPort(address)
			name := filepath.Join(t.TempDir(), "message")
			if err := os.WriteFile(name, []byte(message), 0o644); err != nil {
				t.Fatal(err)
			}
			c := exec.Command("sh", "-c", stranger.command)
			c.Env = append(os.Environ(), "PORT="+port, "FILE="+name)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if stranger.bytes > 0 {
				want(t, results, true, stranger.bytes)
				return
			}
			if r := <-results; !r.Good || r.Bytes < 100 {
				t.Errorf("%d bytes: %s", r.Bytes, r.Explanation())
			}
		})
	}
}
