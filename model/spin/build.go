package spin

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"accio/model/guarded"
)

// Missing returns the first command that is not installed, or "".
func Missing() string {
	for _, command := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(command); err != nil {
			return command
		}
	}
	return ""
}

// kind is one of the three verifiers that a model is compiled into.
type kind struct {
	name string
	spin []string // flags of spin
	gcc  []string // flags of gcc
	args []string // of each run
}

// The verifiers. None reduces the state space, so that what they count can be
// compared.
var (
	steps  = kind{"steps", []string{"-DDUMP"}, []string{"-DSAFETY", "-DNOCLAIM", "-DPRINTF"}, []string{"-E"}}
	safety = kind{"safety", nil, []string{"-DBFS"}, nil}
	live   = kind{"live", nil, nil, []string{"-a"}}
)

// driver runs many searches with one compilation, each in a process of its own.
//
//go:embed driver.c.in
var driver []byte

// Verifier is a compiled model.
type Verifier struct {
	program *guarded.Program
	dir     string
}

// Build compiles the program in dir, which must be there.
func Build(dir string, p *guarded.Program) (*Verifier, error) {
	v := &Verifier{p, dir}
	kinds := []kind{steps, safety, live}
	errs := make([]error, len(kinds))
	var wg sync.WaitGroup
	for i, k := range kinds {
		wg.Go(func() { errs[i] = v.compile(k) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Verifier) compile(k kind) error {
	dir := filepath.Join(v.dir, k.name)
	if err := generate(dir, v.program, k.spin...); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "driver.c"), driver, 0o644); err != nil {
		return err
	}
	loads := ""
	for _, m := range v.program.Maps {
		if m.Loaded {
			loads += "load_" + m.Name + "();"
		}
	}
	return command(dir, "gcc", append([]string{"-O0", "-w", "-DNOREDUCE", "-DLOADS=" + loads, "-o", "pan", "driver.c"}, k.gcc...)...)
}

// generate writes pan.c into a new directory.
func generate(dir string, p *guarded.Program, flags ...string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "model.pml"), []byte(p.Promela()), 0o644); err != nil {
		return err
	}
	return command(dir, "spin", append(flags, "-DDRIVER", "-a", "model.pml")...)
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(out))
	}
	return nil
}
