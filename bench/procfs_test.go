package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

const netTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:4E20 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:1451 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0000000000000000 100 0 0 10 0
   2: 0100007F:4E21 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0000000000000000 20 4 30 10 -1
`

func TestListens(t *testing.T) {
	for port, want := range map[int]bool{0x4e20: true, 0x1451: true, 0x4e21: false, 0x4e2: false, 0x9c40: false} {
		if got := listens(strings.NewReader(netTable), port); got != want {
			t.Errorf("listens(%#x) = %v", port, got)
		}
	}
}

func TestParseStat(t *testing.T) {
	const tail = " S 1 4321 4321 0 -1 4194560 1 2 3 4 150 25 7 8 20 0 1 0 99\n"
	for _, name := range []string{"(wc)", "(a b)", "(odd) S 9 9)"} {
		got, err := parseStat([]byte("4322 " + name + tail))
		if want := (stat{group: 4321, cpu: 175 * tick}); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
	}
	for _, text := range []string{"", "1 wc S", "1 (wc) S 1 2", "1 (wc) S 1 x" + strings.Repeat(" 0", 12)} {
		if got, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q: %v and no error", text, got)
		}
	}
}

func TestParseSchedstat(t *testing.T) {
	if got, err := parseSchedstat([]byte("1234567 89 2\n")); err != nil || got != 1234567*time.Nanosecond {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "12", "x 1 2"} {
		if got, err := parseSchedstat([]byte(text)); err == nil {
			t.Errorf("%q: %v and no error", text, got)
		}
	}
}

func TestProcOfThisProcess(t *testing.T) {
	if !hasProc {
		t.Skip("needs /proc: there is none")
	}
	if n, err := peakMemory(os.Getpid()); err != nil || n < 1<<20 {
		t.Errorf("peak memory %d, %v", n, err)
	}
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseStat(text)
	if err != nil {
		t.Fatal(err)
	}
	if used := groupCPU(s.group); used <= 0 {
		t.Errorf("the group of this process has used %v", used)
	}
}
