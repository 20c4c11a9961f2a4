package app

import (
	"context"
	"maps"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// checkFile finds out which rows there are, and which of them are new: those of a
// new batch, or of one that was begun.
func (j *job) checkFile(ctx context.Context) (err error) {
	if j.books.begun() {
		j.rows, err = j.fileAgain(ctx)
	} else {
		j.rows, err = j.newFile(ctx)
	}
	return err
}

// newFile reads the file of a batch that is not in the books yet.
func (j *job) newFile(ctx context.Context) (*payroll, error) {
	if j.at.IsJournal {
		return nil, &NeverSent{Journal: j.at.Journal()}
	}
	if err := sameFileElsewhere(j.at, j.options.Account.Simulate); err != nil {
		return nil, err
	}
	plans, err := j.provider.plans(ctx)
	if err != nil {
		return nil, err
	}
	in, err := j.options.Reading.read(ctx, j.at.File, j.at.Name, plans)
	if err != nil {
		return nil, err
	}
	p := &payroll{file: in, books: j.books, plans: plans}
	if err := p.total(j.options.Reading.Limits); err != nil {
		return nil, err
	}
	p.sharing, err = sharing(j.at, in.Rows, j.options.Account.Simulate)
	return p, err
}

// fileAgain makes sure that the file is the one that the books are about. The rows
// are the file's only where they are to be written down anew (Amend).
func (j *job) fileAgain(ctx context.Context) (*payroll, error) {
	b := j.books.known.Batch()
	j.at.Name = b.Name
	if was := j.books.simulated(); was != j.options.Account.Simulate {
		return nil, &OtherProvider{Journal: j.at.Journal(), Simulated: was}
	}
	p := &payroll{books: j.books, plans: b.Catalogue}
	same, err := j.sameFile(b)
	if err != nil {
		return nil, err
	}
	if same {
		return p, p.total(j.options.Reading.Limits)
	}
	in, err := j.options.Reading.read(ctx, j.at.File, j.at.Name, b.Catalogue)
	if err != nil {
		return nil, err
	}
	d := j.books.known.Compare(in.Rows)
	p.file = in
	switch {
	case !d.None() && !j.options.Amend:
		return nil, &FileChanged{Batch: b, Difference: d}
	case !d.None():
		j.app.watcher().Note(lang.Msg("The file was corrected: %s.", Differences(d)))
	}
	if d.Refused > 0 {
		j.app.watcher().Note(lang.Count(d.Refused, "%d row is refused: %s", "%d rows are refused: %s", english(d.Detail)))
	}
	if err := p.total(j.options.Reading.Limits); err != nil {
		return nil, err
	}
	if d.None() {
		p.file = nil
	}
	return p, nil
}

// sameFile tells whether the file is the very same as that of the books, and read
// in the same way.
func (j *job) sameFile(b batch.BatchRecord) (bool, error) {
	if j.at.IsJournal {
		return true, nil
	}
	sum, err := ingest.Digest(j.at.File)
	if err != nil {
		return false, nothing(err)
	}
	return sum == b.SHA256 && maps.Equal(j.options.Reading.chosen(), b.Options), nil
}
