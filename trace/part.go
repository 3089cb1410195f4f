package trace

import (
	"errors"
	"fmt"
	"os"
)

var (
	// ErrSame is a name that still leads to the trace that is to be continued elsewhere.
	ErrSame = errors.New("it is the same file still; rename it first")
	// ErrNotEmpty is a file that cannot continue a trace, as something is in it.
	ErrNotEmpty = errors.New("something is in it; rename it first")
)

// Continue opens a file, which must be new or empty, or a pipe, for those connections of
// the run that are numbered from first on. Its line, with the same run, is written at once.
// f stays open, for the connections that began in it; if there is an error, for all. Nothing
// is read, nor removed or truncated by name: a process that is confined (Landlock) may do that.
func (f *File) Continue(name string, first uint64) (next *File, err error) {
	there, _ := os.Stat(name)
	if now, _ := f.file.Stat(); os.SameFile(there, now) { // of nil it is false
		return nil, fmt.Errorf("%s: %w", name, ErrSame)
	}
	file, regular, err := open(name)
	if err != nil {
		return nil, err
	}
	next = newFile(file)
	next.began, next.places, next.instance, next.first = f.began, f.places, f.instance, first
	if regular {
		err = empty(file)
	}
	if err == nil {
		err = next.begin()
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return next, nil
}

// Leave closes a trace after its last connection, when another file continues it. One that
// had no connection is a part without one then, and not an empty file.
func (f *File) Leave() error {
	err := empty(f.file)
	if err == nil {
		f.first = max(f.first, 1)
		err = f.begin()
	}
	if errors.Is(err, ErrNotEmpty) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// begin writes the line of a part.
func (f *File) begin() error {
	_, err := f.w.Write(f.run(nil))
	return err
}

// empty returns an error if a file has something in it, or cannot tell.
func empty(f *os.File) error {
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || info.Size() > 0) {
		err = fmt.Errorf("%s: %w", f.Name(), ErrNotEmpty)
	}
	return err
}
