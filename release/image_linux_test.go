package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// blob reads a blob of a layout, whose name is the digest of what is in it.
func blob(t *testing.T, dir string, digest v1.Hash) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "blobs", digest.Algorithm, digest.Hex))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := v1.SHA256(strings.NewReader(string(data))); got != digest || err != nil {
		t.Errorf("a blob %s has the digest %s: %v", digest, got, err)
	}
	return data
}

func decode[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return v
}

// images are the images of a layout, which is read as the specification of OCI has it: one
// name, which is that of an index with an image for each platform.
func images(t *testing.T, layout, dir, name string) (all []v1.Descriptor) {
	t.Helper()
	data, err := os.ReadFile(layout)
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack(data, dir); err != nil {
		t.Fatal(err)
	}
	version, err := os.ReadFile(filepath.Join(dir, "oci-layout"))
	if err != nil || decode[map[string]string](t, version)["imageLayoutVersion"] != "1.0.0" {
		t.Errorf("%s: %v", version, err)
	}
	list, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	named := decode[v1.IndexManifest](t, list).Manifests
	if len(named) != 1 || named[0].MediaType != types.OCIImageIndex || named[0].Annotations["org.opencontainers.image.ref.name"] != name {
		t.Fatalf("wanted one index that is named %s: %s", name, list)
	}
	index := decode[v1.IndexManifest](t, blob(t, dir, named[0].Digest))
	if index.MediaType != types.OCIImageIndex {
		t.Errorf("an index of the type %s", index.MediaType)
	}
	return index.Manifests
}

// What is loaded by the name is the image for the machine's processor.
func TestImageForEachProcessor(t *testing.T) {
	source := t.TempDir()
	if err := os.WriteFile(filepath.Join(source, "LICENSE"), []byte("MIT"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &Release{Source: source, Version: "v1.2.0", Time: time.Unix(1_767_323_045, 0).UTC(), Out: t.TempDir(), work: t.TempDir()}
	var built []*Built
	licenses := map[Platform]File{}
	for _, p := range platforms {
		licenses[p] = File{"THIRD-PARTY-LICENSES", nil, 0o644}
		built = append(built, &Built{Platform: p, Programs: []File{{p.file("server-s"), []byte(p.String()), 0o755}}})
	}
	if err := r.image(built, licenses); err != nil {
		t.Fatal(err)
	}
	dir, got := t.TempDir(), map[string]string{}
	for _, image := range images(t, filepath.Join(r.Out, "server-s_1.2.0_oci.tar"), dir, "1.2.0") {
		manifest := decode[v1.Manifest](t, blob(t, dir, image.Digest))
		config := decode[v1.ConfigFile](t, blob(t, dir, manifest.Config.Digest))
		root := t.TempDir()
		if err := unpack(blob(t, dir, manifest.Layers[0].Digest), root); err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(filepath.Join(root, "server-s"))
		if err != nil {
			t.Fatal(err)
		}
		got[image.Platform.String()+" "+config.Platform().String()] = string(program)
	}
	if fmt.Sprint(got) != "map[linux/amd64 linux/amd64:linux/amd64 linux/arm64 linux/arm64:linux/arm64]" {
		t.Error(got)
	}
}

// What the image has is unpacked, and run as its configuration says: with root in a root of
// its own, as nobody.
func TestImageRuns(t *testing.T) {
	m, dir := makeOnce(t), t.TempDir()
	all := images(t, m.file(t, "server-s_*_oci.tar"), dir, "1.2.0-rc.1")
	if len(all) != 1 || all[0].Platform.String() != "linux/"+runtime.GOARCH {
		t.Fatalf("%v", all)
	}
	manifest := decode[v1.Manifest](t, blob(t, dir, all[0].Digest))
	config := decode[v1.ConfigFile](t, blob(t, dir, manifest.Config.Digest))
	root := t.TempDir()
	if len(manifest.Layers) != 1 {
		t.Fatalf("%d layers", len(manifest.Layers))
	}
	if err := unpack(blob(t, dir, manifest.Layers[0].Digest), root); err != nil {
		t.Fatal(err)
	}
	var uid, gid uint32
	if _, err := fmt.Sscanf(config.Config.User, "%d:%d", &uid, &gid); err != nil || uid == 0 || gid == 0 {
		t.Errorf("it runs as %q: %v", config.Config.User, err)
	}
	if got := fmt.Sprint(config.Config.Entrypoint, config.Config.Cmd, config.Config.ExposedPorts, names(t, root)); got != "[/server-s] [5000] map[5000/tcp:{}] [LICENSE THIRD-PARTY-LICENSES server-s]" {
		t.Error(got)
	}
	c := exec.Command(filepath.Join(root, config.Config.Entrypoint[0]), "--version")
	if os.Getuid() == 0 {
		if err := os.Chmod(root, 0o755); err != nil {
			t.Fatal(err)
		}
		c = &exec.Cmd{Path: config.Config.Entrypoint[0], Args: []string{"server-s", "--version"}, Env: []string{}, Dir: "/"}
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	if out := output(t, c); !strings.HasPrefix(out, "server-s v1.2.0-rc.1 (commit 0123456789ab, ") {
		t.Error(out)
	}
}
