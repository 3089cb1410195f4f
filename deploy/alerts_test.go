// Package deploy has no code: its tests are about what is beside them.
package deploy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accio/internal/require"
)

// The alerts are what Prometheus takes, come when they should and not before, and the
// documentation says what to do.
func TestAlerts(t *testing.T) {
	rules, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := os.ReadFile("alerts_rules_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(string(rules), -1)
	for _, a := range alerts {
		if !strings.Contains(string(told), "`"+a[1]+"`") {
			t.Errorf("docs/operations.md does not know %s", a[1])
		}
		if !regexp.MustCompile(`alertname: ` + a[1] + `\n +eval_time: \S+\n +exp_alerts:\n`).Match(cases) {
			t.Errorf("%s is never expected", a[1])
		}
	}
	require.Ran(t, "alerts", len(alerts), 5)
	tool := require.Tool(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_rules_test.yml"}, {"check", "config", "--syntax-only", "prometheus.yml"}} {
		if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// Prometheus asks and judges as often as the tests of the alerts have it.
func TestIntervals(t *testing.T) {
	cases, err := os.ReadFile("alerts_rules_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	for in, word := range map[string]string{"scrape_interval": "- interval", "evaluation_interval": "evaluation_interval"} {
		want := regexp.MustCompile(word + `: (\S+)`).FindSubmatch(cases)
		got := regexp.MustCompile(in + `: (\S+)`).FindSubmatch(config)
		if want == nil || got == nil || string(got[1]) != string(want[1]) {
			t.Errorf("%s is %q, the tests have %q", in, got, want)
		}
	}
}

// The dashboard shows each server once, with a name or without.
func TestVersionIsShownOnce(t *testing.T) {
	text, err := os.ReadFile("grafana/accio.json")
	if err != nil {
		t.Fatal(err)
	}
	type panel struct {
		Title   string
		Targets []struct{ Expr string }
	}
	var dashboard struct{ Panels []panel }
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(dashboard.Panels, func(p panel) bool { return p.Title == "Version" })
	if at < 0 {
		t.Fatal("there is no panel Version")
	}
	query := strings.NewReplacer("$job", ".*", "$instance", ".*").Replace(dashboard.Panels[at].Targets[0].Expr)
	cases := `
tests:
  - input_series:
      - {series: 'accio_build_info{job="accio",instance="a",version="v1"}', values: '1'}
      - {series: 'accio_instance_info{job="accio",instance="a",name="north"}', values: '1'}
      - {series: 'accio_build_info{job="accio",instance="b",version="v2"}', values: '1'}
    promql_expr_test:
      - expr: '` + query + `'
        exp_samples:
          - {labels: '{job="accio",instance="a",version="v1",name="north"}', value: 1}
          - {labels: 'accio_build_info{job="accio",instance="b",version="v2"}', value: 1}
`
	file := filepath.Join(t.TempDir(), "version.yml")
	if err := os.WriteFile(file, []byte(cases), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(require.Tool(t, "promtool"), "test", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// The page for who is called at night knows every metric, and every line that the log can
// have.
func TestOperationsTellOfAll(t *testing.T) {
	told, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	metrics := 0
	live, err := os.ReadFile("../docs/live.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range regexp.MustCompile("(?m)^\\| `(accio_\\w+)").FindAllStringSubmatch(string(live), -1) {
		metrics++
		if !strings.Contains(string(told), "`"+metric[1]+"`") {
			t.Errorf("docs/operations.md does not know %s", metric[1])
		}
	}
	require.Ran(t, "metrics", metrics, 11)
	lines := 0
	for _, dir := range []string{"../cmd/server-s", "../transport", "../live", "../internal/record"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range regexp.MustCompile(`\b[lL]og\.(?:Warn|Info)\("([^":]+)`).FindAllStringSubmatch(string(text), -1) {
				lines++
				if !strings.Contains(string(told), "`"+line[1]+"`") {
					t.Errorf("docs/operations.md does not know %q of %s", line[1], file)
				}
			}
		}
	}
	require.Ran(t, "lines of the log", lines, 21)
}
