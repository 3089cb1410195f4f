package main

import (
	"fmt"
	"os"

	"accio/internal/cli"

	"github.com/spf13/pflag"
)

const usageLine = "usage: release [flags]; see release --help"

func main() {
	err := run(os.Args[1:])
	if status := cli.Status(os.Stderr, err, usageLine); status != cli.OK {
		os.Exit(status)
	}
}

func run(args []string) error {
	flags := pflag.NewFlagSet("release", pflag.ContinueOnError)
	version := flags.String("version", "", "the version, such as v1.2.0")
	out := flags.String("out", "", "the `DIR` for the files; it must be empty or not be there")
	source := flags.String("source", "..", "the `DIR` of the main module")
	commit := flags.String("commit", "", "the commit, where the source is not in a repository")
	only := flags.StringArray("platform", nil, "build for this `OS/ARCH` alone; may be given more than once")
	// The flags of the standard library's form, -version X, are taken too.
	for i, a := range args {
		if len(a) > 2 && a[0] == '-' && a[1] != '-' {
			args[i] = "-" + a
		}
	}
	rest, err := cli.Parse(flags, args)
	if err == pflag.ErrHelp {
		fmt.Print("release builds all files of a release\n\nflags:\n", flags.FlagUsages())
		return nil
	}
	if err != nil {
		return err
	}
	if len(rest) > 0 || *version == "" || *out == "" {
		return cli.Usagef("wanted -version and -out, and no arguments")
	}
	r := &Release{Source: *source, Version: *version, Commit: *commit, Out: *out, Platforms: platforms}
	if len(*only) > 0 {
		if r.Platforms, err = among(*only); err != nil {
			return err
		}
	}
	if err := r.identify(); err != nil {
		return err
	}
	return r.Make()
}
