package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"accio/conform"
)

// journal keeps the results of a submission while it is run, a line each, so
// that none is lost with the process.
type journal struct {
	file *os.File
	err  error
}

// header is its first line: results count only for the same program, judged in the
// same way.
type header struct {
	Subject conform.Subject `json:"subject"`
	Digest  string          `json:"digest"`
}

// digest tells one way to judge a program, and one version of its files, from
// another.
func digest(s *conform.Suite) string {
	type file struct {
		Name string
		Size int64
		Time time.Time
	}
	var ids []string
	for _, c := range s.Cases {
		ids = append(ids, c.ID)
	}
	var files []file
	for _, word := range s.Subject.Command {
		if info, err := os.Stat(word); err == nil {
			files = append(files, file{word, info.Size(), info.ModTime()})
		}
	}
	text, _ := json.Marshal([]any{ids, files, s.Repeat, s.Idle, s.Patience, s.Large, s.Limits, s.Env, s.Sandbox, s.Expected})
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// openJournal returns the results that an earlier run has left.
func openJournal(name string, h header) (*journal, []conform.Result, error) {
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	results := readJournal(old, h)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, nil, err
	}
	j := &journal{file: f}
	j.add(h)
	for _, r := range results {
		j.add(r)
	}
	return j, results, j.err
}

// readJournal leaves out a last line that is not whole.
func readJournal(text []byte, want header) (results []conform.Result) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var h header
	if json.Unmarshal(first, &h) != nil || !reflect.DeepEqual(h, want) {
		return nil
	}
	for line := range bytes.Lines(rest) {
		var r conform.Result
		if json.Unmarshal(line, &r) != nil {
			break
		}
		results = append(results, r)
	}
	return results
}

func (j *journal) add(line any) {
	text, err := json.Marshal(line)
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	j.err = errors.Join(j.err, err)
}

// writeWhole writes a file so that it is there whole, or not at all.
func writeWhole(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".accio-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
