// Package kubernetes has no code: its tests are about the manifests beside them.
package kubernetes

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	disruption "k8s.io/api/policy/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// manifests are what the file has, each of which has no field that its kind has not.
func manifests(t *testing.T) (d apps.Deployment, s, http core.Service, b disruption.PodDisruptionBudget) {
	t.Helper()
	text, err := os.ReadFile("accio-server.yaml")
	if err != nil {
		t.Fatal(err)
	}
	parts := bytes.Split(text, []byte("\n---\n"))
	if len(parts) != 4 {
		t.Fatalf("%d manifests", len(parts))
	}
	for i, into := range []any{&d, &s, &http, &b} {
		if err := yaml.UnmarshalStrict(parts[i], into); err != nil {
			t.Errorf("manifest %d: %v", i+1, err)
		}
	}
	return d, s, http, b
}

// The pods are allowed where the standard is restricted.
func TestPodsAreRestricted(t *testing.T) {
	d, _, _, _ := manifests(t)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pod := d.Spec.Template
	results := evaluator.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)
	if len(results) < 10 {
		t.Errorf("%d checks", len(results))
	}
	for _, r := range results {
		if !r.Allowed {
			t.Errorf("%s: %s", r.ForbiddenReason, r.ForbiddenDetail)
		}
	}
	pod.Spec.Containers[0].SecurityContext = nil
	if policy.AggregateCheckResults(evaluator.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)).Allowed {
		t.Error("the standard allows anything")
	}
}

// What a server takes, and each of its places with a socket that nothing waits in.
const atRest, ofPlace = 16 << 20, 12 << 10

// Everything that selects the pods does, the image is ours, the memory is enough, the ports are there, and the end of a pod has the
// time that its drain takes.
func TestManifestsFit(t *testing.T) {
	d, s, http, b := manifests(t)
	for name, selector := range map[string]map[string]string{
		"deployment": d.Spec.Selector.MatchLabels, "service": s.Spec.Selector, "service of the page": http.Spec.Selector, "budget": b.Spec.Selector.MatchLabels,
	} {
		if len(selector) == 0 || selector["app"] != d.Spec.Template.Labels["app"] {
			t.Errorf("the %s selects %v", name, selector)
		}
	}
	server := d.Spec.Template.Spec.Containers[0]
	named := func(name string) bool {
		return slices.ContainsFunc(server.Ports, func(p core.ContainerPort) bool { return p.Name == name })
	}
	for _, port := range []string{
		s.Spec.Ports[0].TargetPort.StrVal, http.Spec.Ports[0].TargetPort.StrVal, server.ReadinessProbe.HTTPGet.Port.StrVal, server.LivenessProbe.HTTPGet.Port.StrVal, server.StartupProbe.HTTPGet.Port.StrVal,
	} {
		if !named(port) {
			t.Errorf("there is no port %q", port)
		}
	}
	// What the release names its image, and its version (release/image.go).
	if !regexp.MustCompile(`^registry\.example\.org/server-s:\d+\.\d+\.\d+$`).MatchString(server.Image) {
		t.Errorf("the image is %s", server.Image)
	}
	at := slices.Index(server.Args, "--concurrency")
	if at < 0 {
		t.Fatal("there is no --concurrency")
	}
	places, err := strconv.ParseInt(server.Args[at+1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if has := server.Resources.Limits.Memory().Value(); atRest+places*ofPlace > has/2 {
		t.Errorf("%d places take more than half of %d bytes, and their sockets have buffers", places, has)
	}
	at = slices.Index(server.Args, "--drain")
	if at < 0 || server.Lifecycle.PreStop.Sleep == nil {
		t.Fatal("there is no drain, or no preStop")
	}
	drain, err := time.ParseDuration(server.Args[at+1])
	if err != nil {
		t.Fatal(err)
	}
	needs := time.Duration(server.Lifecycle.PreStop.Sleep.Seconds)*time.Second + drain + 2*time.Second
	if has := time.Duration(*d.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second; has < needs {
		t.Errorf("a pod has %s to end, and needs %s", has, needs)
	}
	if b.Spec.MinAvailable.IntValue() >= int(*d.Spec.Replicas) {
		t.Error("no pod may ever be moved")
	}
}
