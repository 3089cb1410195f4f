// Package batch runs the suite of package conform over many submissions, one
// after the other, so that it can be stopped at any time and go on later.
package batch

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Submission is a program of somebody's.
type Submission struct {
	Name    string // names its files too
	Command []string
	Missing string // why there is no command; a submission like that is told, not run
}

// interpreters run files that are not executable, by their extension.
var interpreters = map[string][]string{
	".py": {"python3"}, ".pl": {"perl"}, ".rb": {"ruby"}, ".js": {"node"}, ".sh": {"sh"}, ".jar": {"java", "-jar"}, ".php": {"php"}, ".lua": {"lua"},
}

// badName is one that cannot be that of files, or is that of ours.
var badName = regexp.MustCompile(`^[.-]|[/\\\x00-\x1f\x7f]|^matrix$|^$`)

// Find returns the submissions that a file or a directory has.
//
// A file has a line for each: its name, blanks, and its command as words without
// quotes; # begins a comment. In a directory each program is one, by its name
// without the extension, and each directory that has a program with one of the
// names in entries, with or without an extension. A program is what is executable
// or has an extension with a known interpreter.
func Find(path string, entries []string) ([]Submission, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var list []Submission
	if info.IsDir() {
		list, err = inDirectory(path, entries)
	} else {
		list, err = inFile(path)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no submission: wanted programs, or directories with one that is named %s", path, strings.Join(entries, " or "))
	}
	slices.SortFunc(list, func(a, b Submission) int { return strings.Compare(a.Name, b.Name) })
	for i, s := range list {
		if badName.MatchString(s.Name) {
			return nil, fmt.Errorf("%s: the name %q of a submission: it must not begin with . or -, have a slash or control characters, or be matrix", path, s.Name)
		}
		if i > 0 && s.Name == list[i-1].Name {
			return nil, fmt.Errorf("%s: two submissions have the name %q", path, s.Name)
		}
	}
	return list, nil
}

func inFile(name string) (list []Submission, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
			continue
		case len(words) == 1:
			return nil, fmt.Errorf("%s:%d: %q: wanted a name and a command", name, n, words[0])
		}
		list = append(list, Submission{Name: words[0], Command: words[1:]})
	}
	return list, lines.Err()
}

func inDirectory(dir string, entries []string) (list []Submission, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name := f.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if command := program(dir, f); command != nil {
			list = append(list, Submission{Name: stem(name), Command: command})
			continue
		}
		inside, err := os.ReadDir(filepath.Join(dir, name))
		if err != nil {
			continue // a file that is no program
		}
		s := Submission{Name: name, Missing: "it has no program that is named " + strings.Join(entries, " or ")}
		for _, entry := range entries {
			i := slices.IndexFunc(inside, func(e fs.DirEntry) bool {
				return stem(e.Name()) == entry && program(filepath.Join(dir, name), e) != nil
			})
			if i >= 0 {
				s.Command, s.Missing = program(filepath.Join(dir, name), inside[i]), ""
				break
			}
		}
		list = append(list, s)
	}
	return list, nil
}

func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// program returns the command that runs a file, or nil if it is none.
func program(dir string, f fs.DirEntry) []string {
	path, err := filepath.Abs(filepath.Join(dir, f.Name()))
	info, err2 := os.Stat(path)
	if err != nil || err2 != nil || !info.Mode().IsRegular() {
		return nil
	}
	with := interpreters[filepath.Ext(path)]
	switch {
	case info.Mode()&0o111 != 0 && (with == nil || named(path)):
		return []string{path}
	case with != nil:
		return append(slices.Clone(with), path)
	}
	return nil
}

// named reports whether a script names its interpreter itself (execve(2)).
func named(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, 2)
	n, _ := f.Read(begin)
	return string(begin[:n]) == "#!"
}
