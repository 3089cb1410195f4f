package grading

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
)

// Slurm, with a controller and two nodes on this machine, in the longer run.
func TestSlurm(t *testing.T) {
	if os.Getenv("ACCIO_LONG") == "" {
		t.Skip("needs half a minute: ACCIO_LONG")
	}
	for _, tool := range []string{"slurmctld", "slurmd", "sbatch", "munged"} {
		require.Tool(t, tool)
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root, as slurmd does")
	}
	submissions, results, env := class(t, 5)
	conf := cluster(t)
	cmd := exec.Command("sbatch", "--wait", "--output", filepath.Join(results, "%a.log"), "--array=1-2", "slurm.sbatch")
	cmd.Env = append(env, "SLURM_CONF="+conf, "ROLE=client", "SUBMISSIONS="+submissions, "RESULTS="+results)
	if out, err := output(cmd, 3*time.Minute); err != nil {
		logs, _ := filepath.Glob(filepath.Join(results, "*.log"))
		for _, name := range logs {
			text, _ := os.ReadFile(name)
			out = append(out, text...)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	collect := exec.Command("sh", "-c", `accio conform batch client --out "$0" "$1"`, results, submissions)
	collect.Env = env
	if out, err := collect.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	judge(t, results, 5)
	for shard := 1; shard <= 2; shard++ {
		if _, err := os.Stat(filepath.Join(results, fmt.Sprintf("%d.log", shard))); err != nil {
			t.Error(err)
		}
	}
}

// cluster starts the daemons, and returns the name of their configuration.
func cluster(t *testing.T) (conf string) {
	t.Helper()
	dir := t.TempDir()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	key, socket := filepath.Join(dir, "munge.key"), filepath.Join(dir, "munge.socket")
	write(t, key, strings.Repeat("k", 64))
	os.Chmod(key, 0o600)
	for _, name := range []string{"state", "n1", "n2"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf = filepath.Join(dir, "slurm.conf")
	write(t, conf, fmt.Sprintf(`ClusterName=accio
SlurmctldHost=%[1]s(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=%[2]s
CredType=cred/munge
ProctrackType=proctrack/linuxproc
SlurmdParameters=config_overrides
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
MailProg=/bin/true
StateSaveLocation=%[3]s/state
SlurmdSpoolDir=%[3]s/%%n
SlurmctldPidFile=%[3]s/slurmctld.pid
SlurmdPidFile=%[3]s/%%n.pid
SlurmctldPort=%[4]d
NodeName=n1 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[5]d CPUs=2 State=UNKNOWN
NodeName=n2 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[6]d CPUs=2 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES State=UP MaxTime=INFINITE
`, host, socket, dir, port(t), port(t), port(t)))
	daemon(t, conf, "munged", "--foreground", "--force", "--key-file="+key, "--socket="+socket,
		"--pid-file="+filepath.Join(dir, "munged.pid"), "--log-file="+filepath.Join(dir, "munged.log"), "--seed-file="+filepath.Join(dir, "munged.seed"))
	until(t, func() bool { _, err := os.Stat(socket); return err == nil }, "munged")
	daemon(t, conf, "slurmctld", "-D", "-f", conf)
	daemon(t, conf, "slurmd", "-D", "-f", conf, "-N", "n1")
	daemon(t, conf, "slurmd", "-D", "-f", conf, "-N", "n2")
	until(t, func() bool {
		cmd := exec.Command("sinfo", "--noheader", "--format=%T")
		cmd.Env = append(os.Environ(), "SLURM_CONF="+conf)
		out, _ := output(cmd, 10*time.Second)
		return strings.TrimSpace(string(out)) == "idle"
	}, "two idle nodes")
	return conf
}

func port(t *testing.T) int {
	t.Helper()
	n, err := clitest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func daemon(t *testing.T, conf string, args ...string) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "SLURM_CONF="+conf)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", args[0], &said)
		}
	})
}

func until(t *testing.T, true func() bool, what string) {
	t.Helper()
	for start := time.Now(); !true(); time.Sleep(50 * time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// output runs a command that may hang.
func output(cmd *exec.Cmd, limit time.Duration) ([]byte, error) {
	kill := time.AfterFunc(limit, func() {
		if cmd.Process != nil {
			cmd.Process.Kill()
		}
	})
	defer kill.Stop()
	return cmd.CombinedOutput()
}
