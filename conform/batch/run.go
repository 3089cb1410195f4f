package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"accio/conform"
	"accio/conform/report"
)

// Batch runs submissions.
type Batch struct {
	Role        string
	Submissions []Submission
	Dir         string                // of what comes of it: NAME.json and NAME.html
	Suite       func() *conform.Suite // a new one, with everything but its subject
	Hints       report.Hints          // of NAME.html; the JSON has all
	// Tell, if not nil, is told when a submission is finished.
	Tell func(r *conform.Report, again bool)
}

// Run runs the submissions that have not been finished in Dir, and returns the
// reports of all, in their order. When ctx ends it returns what there is, and
// the error of ctx; what has been found out is not run again by the next Run.
func (b *Batch) Run(ctx context.Context) ([]*conform.Report, error) {
	if err := os.MkdirAll(b.Dir, 0o777); err != nil {
		return nil, err
	}
	var reports []*conform.Report
	for _, s := range b.Submissions {
		r, again, err := b.one(ctx, s)
		if err != nil {
			return reports, fmt.Errorf("%s: %w", s.Name, err)
		}
		if r == nil {
			return reports, ctx.Err()
		}
		reports = append(reports, r)
		if b.Tell != nil {
			b.Tell(r, again)
		}
	}
	return reports, nil
}

// one returns the report of a submission; it is nil where ctx has ended before
// it was whole. Again says that it was there already.
func (b *Batch) one(ctx context.Context, s Submission) (r *conform.Report, again bool, err error) {
	suite := b.Suite()
	suite.Subject = conform.Subject{Role: b.Role, Name: s.Name, Command: s.Command}
	ids := make([]string, len(suite.Cases))
	for i, c := range suite.Cases {
		ids[i] = c.ID
	}
	name := filepath.Join(b.Dir, s.Name)
	if len(s.Command) == 0 {
		r = &conform.Report{Schema: conform.Schema, Subject: suite.Subject, Started: time.Now().UTC(), Partial: s.Missing}
		return r, false, b.keep(name, r)
	}
	h := header{suite.Subject, digest(suite)}
	if r := finished(name+".json", h); r != nil {
		return r, true, nil
	}
	if ctx.Err() != nil {
		return nil, false, nil
	}
	j, known, err := openJournal(name+".journal", h)
	if err != nil {
		return nil, false, err
	}
	defer j.file.Close()
	suite.Cases = slices.DeleteFunc(suite.Cases, func(c conform.Case) bool {
		return slices.ContainsFunc(known, func(r conform.Result) bool { return r.ID == c.ID })
	})
	before := suite.Progress
	suite.Progress = func(r conform.Result, done, total int) {
		j.add(r)
		if before != nil {
			before(r, done+len(known), total+len(known))
		}
	}
	r, err = suite.Run(ctx)
	if err != nil && !errors.Is(err, conform.ErrNotStarted) {
		return nil, false, err
	}
	if j.err != nil {
		return nil, false, j.err
	}
	if ctx.Err() != nil {
		return nil, false, nil
	}
	r.Digest = h.Digest
	r.Cases = append(r.Cases, known...)
	slices.SortStableFunc(r.Cases, func(x, y conform.Result) int { return slices.Index(ids, x.ID) - slices.Index(ids, y.ID) })
	r.Count()
	if err := b.keep(name, r); err != nil {
		return nil, false, err
	}
	return r, false, os.Remove(name + ".journal")
}

// keep writes the files of a submission, the JSON last: it says that all is done.
func (b *Batch) keep(name string, r *conform.Report) error {
	var page, all bytes.Buffer
	if err := report.HTML(&page, report.Redact(r, b.Hints)); err != nil {
		return err
	}
	if err := report.JSON(&all, r); err != nil {
		return err
	}
	return errors.Join(writeWhole(name+".html", page.Bytes()), writeWhole(name+".json", all.Bytes()))
}

// finished returns the report of the same program, judged in the same way, if it
// is there and whole.
func finished(name string, h header) *conform.Report {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil || !reflect.DeepEqual(r.Subject, h.Subject) || r.Digest != h.Digest || r.Partial != "" {
		return nil
	}
	return r
}
