package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bom writes which modules the programs are made of. It has no serial number, which
// would be another in every build.
func (r *Release) bom(built []*Built) error {
	all := modules(built)
	self := "pkg:golang/accio@" + r.Version
	var components []cyclonedx.Component
	var depends []cyclonedx.Dependency
	var programs []string
	for _, b := range built {
		for i, f := range b.Programs {
			ref := fmt.Sprintf("%s?goos=%s&goarch=%s#cmd/%s", self, b.Platform.OS, b.Platform.Arch, f.Name)
			programs = append(programs, ref)
			components = append(components, cyclonedx.Component{
				BOMRef: ref, Type: cyclonedx.ComponentTypeFile, Name: b.Platform.String() + "/" + f.Name, Version: r.Version,
				Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(f.Data))}},
			})
			on := []string{library(b.Info[i].GoVersion)}
			for _, m := range linked(b.Info[i]) {
				on = append(on, purl(m.Path, m.Version))
			}
			depends = append(depends, cyclonedx.Dependency{Ref: ref, Dependencies: &on})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		m := all[path]
		components = append(components, cyclonedx.Component{
			BOMRef: purl(m.Path, m.Version), Type: cyclonedx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: purl(m.Path, m.Version),
			Properties: &[]cyclonedx.Property{{Name: "go.sum", Value: m.Sum}},
		})
	}
	version := built[0].Info[0].GoVersion
	components = append(components, cyclonedx.Component{
		BOMRef: library(version), Type: cyclonedx.ComponentTypeLibrary, Name: "stdlib", Version: version, PackageURL: library(version),
	})
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: r.Time.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: self, Type: cyclonedx.ComponentTypeApplication, Name: "accio", Version: r.Version, PackageURL: self,
			Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "MIT"}}},
		},
		Properties: &[]cyclonedx.Property{{Name: "commit", Value: r.Commit}},
	}
	bom.Components = &components
	depends = append([]cyclonedx.Dependency{{Ref: self, Dependencies: &programs}}, depends...)
	bom.Dependencies = &depends
	var out bytes.Buffer
	if err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return r.write("accio_"+r.number()+".cdx.json", out.Bytes())
}

func purl(path, version string) string { return "pkg:golang/" + path + "@" + version }

func library(goVersion string) string { return purl("std", goVersion) }
