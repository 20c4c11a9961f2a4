package app

import (
	"context"
	"path/filepath"
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// neighbours calls each for the journals beside a batch's own, until it returns an
// error. What is no journal, or not readable, is passed over: it is not this
// batch's business.
func neighbours(at *Location, each func(path string, head batch.BatchRecord) error) error {
	paths, err := at.storage().Journals(at.State)
	if err != nil {
		return err
	}
	for _, path := range paths {
		head, err := batch.ReadHead(at.storage(), path)
		if err != nil || head.Name == at.Name {
			continue
		}
		if err := each(path, head); err != nil {
			return err
		}
	}
	return nil
}

// sameFileElsewhere refuses a file that was run under another name, unless the
// operator named the batch: a renamed file is the same payroll, and its refs would
// all be new. A simulated payment says nothing about a real one.
func (a *App) sameFileElsewhere(ctx context.Context, at *Location, simulated bool) error {
	if at.Named {
		return nil
	}
	sum, err := ingest.Digest(at.File)
	if err != nil {
		return nothing(err)
	}
	k, err := a.journals(ctx, at, simulated)
	if err != nil {
		return err
	}
	for _, path := range k.order {
		if head := k.heads[path]; head.SHA256 == sum && head.Name != at.Name { // one of the same name has the same refs
			return &RunBefore{File: filepath.Base(at.File), Name: at.Name, As: head, Journal: path}
		}
	}
	return nil
}

// RunBefore says that a file is, byte for byte, one that was run under another
// name.
type RunBefore struct {
	nothingDone
	File    string
	Name    string            // that it would be run under now
	As      batch.BatchRecord // what it was run as
	Journal string            // of that batch
}

func (e *RunBefore) Error() string { return e.Message().String() }

// Message names both batches.
func (e *RunBefore) Message() lang.Message {
	return lang.Msg("%s is, byte for byte, the file %s that was run as batch %q (%s).", e.File, e.As.File, e.As.Name, e.Journal)
}

// sharedPeriod is how long ago a neighbour may have been touched for its rows to be
// told of: a pay period.
const sharedPeriod = 30 * 24 * time.Hour

// Neighbour is a recent batch beside a batch that has rows of it.
type Neighbour struct {
	Name   string
	Shared int       // rows of the same phone, plan and amount
	Last   time.Time // when it was touched last
	Err    error     // why it cannot be read; nil: it was
}

// sharing finds the recent neighbours that have some of the rows, or that cannot be
// read, so that nobody knows.
func sharing(at *Location, rows []batch.Row, simulated bool) (list []Neighbour, err error) {
	err = neighbours(at, func(path string, head batch.BatchRecord) error {
		touched, _, err := at.storage().Look(path)
		if err == nil && time.Since(touched) > sharedPeriod || (head.Account.Type == batch.Simulated) != simulated {
			return nil
		}
		if n := readNeighbour(at.storage(), path, head.Name, rows); n.Shared > 0 || n.Err != nil {
			list = append(list, n)
		}
		return nil
	})
	return list, err
}

// readNeighbour finds out how many of the rows a batch has.
func readNeighbour(s Storage, path, name string, rows []batch.Row) Neighbour {
	l, _, err := batch.ReadLedger(s, path)
	if err != nil {
		return Neighbour{Name: name, Err: err}
	}
	_, last := l.Span()
	return Neighbour{Name: name, Shared: l.Shared(rows), Last: last}
}
