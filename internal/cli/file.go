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

// Is reports whether what is written to it is where what is written to open goes. Nothing
// meets in /dev/null.
func (f File) Is(open *os.File) bool {
	info, err := open.Stat()
	return err == nil && f.is(info) && !File(os.DevNull).is(info)
}

func (f File) is(other os.FileInfo) bool {
	info, err := os.Stat(string(f))
	return err == nil && os.SameFile(info, other)
}
