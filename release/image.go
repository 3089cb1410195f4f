package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// nobody is whom the image runs as. Without an /etc/passwd a number does.
const nobody = "65532:65532"

// image writes an OCI layout as a tar file. It has one name, the version, for an index of
// images, one for each Linux: of two with the same name programs take neither, or the first.
func (r *Release) image(built []*Built, licenses map[Platform]File) error {
	var index v1.ImageIndex = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, b := range built {
		if b.Platform.OS != "linux" {
			continue
		}
		image, err := r.imageFor(b, licenses[b.Platform])
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{
			Platform: &v1.Platform{OS: b.Platform.OS, Architecture: b.Platform.Arch},
		}})
	}
	named := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{Add: index, Descriptor: v1.Descriptor{
		Annotations: map[string]string{"org.opencontainers.image.ref.name": r.number()},
	}})
	dir := filepath.Join(r.work, "image")
	if _, err := layout.Write(dir, named); err != nil {
		return err
	}
	var files []File
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(dir, name)
		files = append(files, File{filepath.ToSlash(inside), data, 0o644})
		return err
	})
	if err != nil {
		return err
	}
	data, err := tarred(under("", files), r.Time)
	if err != nil {
		return err
	}
	return r.write("server-s_"+r.number()+"_oci.tar", data)
}

// imageFor is the image for a platform: server-s, which serves on port 5000 unless it
// is told otherwise, and the licenses.
func (r *Release) imageFor(b *Built, licenses File) (v1.Image, error) {
	license, err := os.ReadFile(filepath.Join(r.Source, "LICENSE"))
	if err != nil {
		return nil, err
	}
	data, err := tarred(under("", []File{b.Programs[0], {"LICENSE", license, 0o644}, licenses}), r.Time)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: r.Time}, CreatedBy: "go run ./release"}})
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = b.Platform.OS, b.Platform.Arch, v1.Time{Time: r.Time}
	config.Config = v1.Config{
		User:         nobody,
		Entrypoint:   []string{"/" + b.Programs[0].Name},
		Cmd:          []string{"5000"},
		ExposedPorts: map[string]struct{}{"5000/tcp": {}},
		StopSignal:   "SIGTERM",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "server-s",
			"org.opencontainers.image.version":  r.number(),
			"org.opencontainers.image.revision": r.Commit,
			"org.opencontainers.image.licenses": "MIT",
		},
	}
	return mutate.ConfigFile(image, config)
}
