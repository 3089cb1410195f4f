package haproxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"accio/internal/clitest"
	"accio/internal/require"
)

const job = "../prometheus.yml"

func TestPrometheusConfig(t *testing.T) {
	if out, err := exec.Command(require.Tool(t, "promtool"), "check", "config", job).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What Prometheus has read of three servers is their lines, to the digit.
func TestPrometheus(t *testing.T) {
	require.Tool(t, "prometheus")
	f := newFarm(t, false)
	text, err := os.ReadFile(job)
	clitest.Check(t, err)
	const target = `"127.0.0.1:8080"`
	if strings.Count(string(text), "["+target+"]") != 1 {
		t.Fatalf("%s has not the target %s", job, target)
	}
	var targets []string
	for _, m := range f.members {
		targets = append(targets, fmt.Sprintf(`"127.0.0.1:%d"`, m.page))
	}
	config := strings.NewReplacer("scrape_interval: 10s", "scrape_interval: 500ms\n  scrape_timeout: 500ms", target, strings.Join(targets, ", ")).Replace(string(text))
	file, address := filepath.Join(f.dir, "prometheus.yml"), fmt.Sprintf("127.0.0.1:%d", ports(t, 1)[0])
	clitest.Check(t, os.WriteFile(file, []byte(config), 0o600))
	p, err := clitest.Start(exec.Command("prometheus", "--config.file="+file, "--storage.tsdb.path="+filepath.Join(f.dir, "data"),
		"--web.listen-address="+address, "--log.level=warn"))
	clitest.Check(t, err)
	t.Cleanup(p.Kill)

	l := start(f.address, mixed)
	l.finish(t, 1000)
	var sent float64
	for n := range l.whole {
		sent += float64(n)
	}
	wanted := fmt.Sprint(float64(len(l.whole)+l.mine), sent)
	var got string
	for _, m := range f.members {
		until(t, m.name+" has none in service", func() bool { return m.state(t).InService == 0 })
	}
	defer func() {
		if t.Failed() {
			t.Logf("connections and bytes are %s, wanted %s; Prometheus said: %s", got, wanted, &p.Stderr)
		}
	}()
	until(t, "Prometheus has seen the end", func() bool {
		got = fmt.Sprint(query(address, "sum(accio_connections_total)"), query(address, "sum(accio_payload_bytes_total)"))
		return got == wanted && query(address, "count(accio_places)") == 3
	})
	if good, failed := query(address, `sum(accio_connections_total{result="ok"})`), query(address, `sum(accio_connections_total{result="error"})`); good != float64(len(l.whole)) || failed != float64(l.mine) {
		t.Errorf("%v ok and %v error, wanted %d and %d", good, failed, len(l.whole), l.mine)
	}
	for _, m := range f.members {
		f.stop(t, m)
	}
	l.judge(t, f)
	t.Logf("connections and bytes: %s", got)
}

// query is the one number that Prometheus answers, or -1.
func query(address, expression string) float64 {
	resp, err := http.Get("http://" + address + "/api/v1/query?query=" + url.QueryEscape(expression))
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Data.Result) != 1 {
		return -1
	}
	text, _ := answer.Data.Result[0].Value[1].(string)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return -1
}
