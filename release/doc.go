// Command release builds everything that a release has, bit for bit the same wherever
// and whenever it is run with the same Go on the same commit:
//
//		cd release && go run . -version v1.2.0 -out ../dist
//
//	  - an archive for each system: the programs, manual pages, completions for shells,
//	    the documents and the licenses of what is linked in
//	  - packages for Debian (.deb) and for those that use RPM
//	  - an image of server-s alone, as an OCI layout in a tar file
//	  - what all that is made of, as a CycloneDX SBOM
//	  - SHA256SUMS
//
// The programs are built with the versions that the main module's go.mod names, not
// those of this one, which is a module of its own for what it needs itself. Times are
// those of the commit, or of SOURCE_DATE_EPOCH.
//
// With -platform archives and packages are the same bytes as in the whole release; the
// image, the SBOM and SHA256SUMS are of these platforms alone.
//
// CHANGELOG.md has to know the version, unless that is one to try, such as v1.2.0-rc.1.
package main
