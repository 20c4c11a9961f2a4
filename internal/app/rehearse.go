package app

import (
	"context"
	"errors"

	"flexybatch/batch"
	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// Rehearse goes as far as Run does before its question. It sends nothing, writes
// nothing, and asks nothing.
func (a *App) Rehearse(ctx context.Context, o RunOptions) (r *Rehearsal, err error) {
	j, preflight, err := a.rehearse(ctx, o, func(at *Location) outfile.Target { return at.resultsTarget(o.Results) })
	if err != nil {
		return nil, err
	}
	a.watcher().Preflight(preflight)
	check := j.rows.check()
	check.Unusual, check.Changes = preflight.Compared.Unusual, preflight.Compared.Changes
	return &Rehearsal{Preflight: preflight, Check: check}, j.close()
}

// rehearse is Run without anything that is written down. target is what would be
// written. The job is the caller's to close, unless there is an error.
func (a *App) rehearse(ctx context.Context, o RunOptions, target func(*Location) outfile.Target) (*job, *Preflight, error) {
	j, err := a.newJob(o)
	if err != nil {
		return nil, nil, err
	}
	j.provider.store = "" // a simulated account is then as it was at first
	p, err := j.rehearse(ctx, target(j.at))
	if err != nil {
		return nil, nil, errors.Join(err, j.close())
	}
	return j, p, nil
}

// rehearse goes as far as the preflight.
func (j *job) rehearse(ctx context.Context, target outfile.Target) (*Preflight, error) {
	if err := j.fileThere(); err != nil {
		return nil, err
	}
	if err := j.at.own(); err != nil {
		return nil, err
	}
	if err := j.mayRehearse(target); err != nil {
		return nil, err
	}
	if err := j.books.find(false); err != nil {
		return nil, err
	}
	defer j.app.reading()()
	if err := j.checkFile(ctx); err != nil {
		return nil, err
	}
	if err := j.connect(ctx, true); err != nil {
		return nil, err
	}
	if err := j.checkPaid(ctx, false); err != nil {
		return nil, err
	}
	if err := j.checkApprovals(ctx, true); err != nil {
		return nil, err
	}
	return j.preflight(ctx)
}

// Rehearsal is what a run would do.
type Rehearsal struct {
	Preflight *Preflight
	Check     *report.Check // the rows, as a check has them
}

// Outcome is that of a check.
func (r *Rehearsal) Outcome() Outcome {
	if r.Preflight.All.Invalid > 0 {
		return Problems
	}
	return Done
}

// check is the rows as a check has them.
func (p *payroll) check() *report.Check {
	c := &report.Check{Totals: p.totals}
	if in := p.file; in != nil {
		c.Rows, c.Warnings, c.File = in.Rows, batch.Warnings(in.Rows), in.File
		return c
	}
	for row := range p.all() {
		c.Rows = append(c.Rows, *row)
	}
	c.File = p.books.known.Batch().File
	return c
}
