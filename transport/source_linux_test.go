package transport

import (
	"context"
	"os"
	"testing"

	"accio/internal/require"
	"accio/protocol"
)

// A file of sysfs says that it has a page and has a few bytes: it is sent as it
// is, for it has not become shorter (docs/protocol.md §7.9).
func TestClientFileWhoseSizeLies(t *testing.T) {
	const name = "/sys/class/net/lo/mtu"
	content, err := os.ReadFile(name)
	if err != nil {
		require.Missing(t, "sysfs", err.Error())
	}
	info, err := os.Stat(name)
	if err != nil || info.Size() <= int64(len(content)) {
		t.Fatalf("%v; %s says that it has %d bytes, and has %q", err, name, info.Size(), content)
	}
	eachPath(t, func(t *testing.T, path string) {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r := start(t, path, &Server{Table: &protocol.Server})
		result, err := (&Client{Table: &protocol.Client}).Send(context.Background(), r.address(), file)
		if err != nil || result.State != protocol.Done || result.Bytes != int64(len(content)) {
			t.Errorf("%s, %d bytes, %v; want Done with %d", result.State, result.Bytes, err, len(content))
		}
		r.wantDone(int64(len(content)))
	})
}
