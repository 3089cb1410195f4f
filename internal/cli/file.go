package cli

import (
	"errors"
	"os"
)

// File is the value of a flag that names a file to write; the zero value is none.
type File string

// Set implements pflag.Value.
func (f *File) Set(text string) error {
	switch text {
	case "":
		return errors.New("it must name a file")
	case "-":
		return errors.New("it must name a file; one of that name is ./-")
	}
	*f = File(text)
	return nil
}

// String implements pflag.Value.
func (f *File) String() string { return string(*f) }

// Type implements pflag.Value.
func (*File) Type() string { return "FILE" }

// IsStdout reports whether that is where standard output goes. Nothing meets in /dev/null.
func (f File) IsStdout() bool {
	out, err := os.Stdout.Stat()
	return err == nil && f.is(out) && !File(os.DevNull).is(out)
}

func (f File) is(other os.FileInfo) bool {
	info, err := os.Stat(string(f))
	return err == nil && os.SameFile(info, other)
}
