package spin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"accio/model/guarded"
)

// Session runs searches one after the other, for programs that differ from
// the compiled one in the values of loaded maps only. It belongs to one
// goroutine.
type Session struct {
	dir     string
	program *guarded.Program
	workers map[string]*worker
}

// worker is a running driver.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Session starts a session. It must be closed.
func (v *Verifier) Session() (*Session, error) {
	dir, err := os.MkdirTemp(v.dir, "session")
	if err != nil {
		return nil, err
	}
	s := &Session{dir, v.program, map[string]*worker{}}
	for _, k := range []kind{steps, safety, live} {
		w, err := start(filepath.Join(v.dir, k.name, "pan"), dir)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.workers[k.name] = w
	}
	return s, nil
}

func start(path, dir string) (*worker, error) {
	cmd := exec.Command(path)
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &worker{cmd, in, bufio.NewReaderSize(out, 1<<16)}, cmd.Start()
}

// Close ends the session and removes what it wrote.
func (s *Session) Close() error {
	var errs []error
	for _, w := range s.workers {
		errs = append(errs, w.in.Close(), w.cmd.Wait())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// run has a verifier search, and passes each line of its output to line.
func (s *Session) run(k kind, p *guarded.Program, args []string, line func(string)) error {
	if err := s.fits(p); err != nil {
		return err
	}
	var maps strings.Builder
	for _, m := range p.Maps {
		if m.Loaded {
			fmt.Fprintf(&maps, "MAP_%s=%s;", strings.ToUpper(m.Name), strings.Trim(fmt.Sprint(m.Values), "[]"))
		}
	}
	w := s.workers[k.name]
	args = append([]string{"-w12", "-m20000"}, append(k.args, args...)...)
	if _, err := fmt.Fprintf(w.in, "%s;|%s\n", &maps, strings.Join(args, " ")); err != nil {
		return err
	}
	for {
		text, err := w.out.ReadString('\n')
		if err != nil {
			return fmt.Errorf("spin: the verifier is gone: %w", err)
		}
		if status, ok := strings.CutPrefix(text, "== "); ok {
			if status != "0\n" {
				return fmt.Errorf("spin: the verifier's status is %s", strings.TrimSpace(status))
			}
			return nil
		}
		line(strings.TrimSuffix(text, "\n"))
	}
}

// fits returns an error if p is not the compiled program with other values in
// the loaded maps.
func (s *Session) fits(p *guarded.Program) error {
	if len(p.Rules) != len(s.program.Rules) || len(p.Vars) != len(s.program.Vars) || len(p.Maps) != len(s.program.Maps) {
		return fmt.Errorf("spin: %s is not %s with other values", p.Name, s.program.Name)
	}
	for i, m := range p.Maps {
		if was := s.program.Maps[i]; m.Loaded != was.Loaded || len(m.Values) != len(was.Values) || !m.Loaded && string(m.Values) != string(was.Values) {
			return fmt.Errorf("spin: map %s of %s differs from that of %s", m.Name, p.Name, s.program.Name)
		}
	}
	return nil
}
