package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/ingest"
	"flexybatch/report"
)

// requestFile is where run --prepare writes the approval request.
func (p *place) requestFile() string { return filepath.Join(p.state, p.name+approval.Suffix) }

// preparedSummary is what run --prepare --json prints.
type preparedSummary struct {
	Batch   string       `json:"batch"`
	Request string       `json:"plan"` // the file; scripts know it by this name
	Digest  string       `json:"digest"`
	Rows    preparedRows `json:"rows"`
	Money   struct {
		Requested batch.Centimes `json:"requested"`
		Cost      batch.Centimes `json:"cost"`
	} `json:"money"`
}

type preparedRows struct {
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
}

// writeRequest writes the approval request, and neither asks nor sends.
func (r *runner) writeRequest(ctx context.Context, in *ingest.Input) error {
	now, err := r.pricesNow(ctx)
	if err != nil {
		return err
	}
	head := approval.Request{Batch: r.name, Account: accountOf(r.whose)}
	if head.SHA256, err = r.inputSum(in); err != nil {
		return err
	}
	if in != nil {
		head.File, head.Sheet = in.File, in.Sheet
	} else {
		head.File, head.Sheet = r.known.Batch().File, r.known.Batch().Sheet
	}
	request, err := approval.NewRequest(head, r.planned(in), now)
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	if len(request.Rows) == 0 {
		return failf(exitNothing, "there is no valid row to approve; what is wrong with them: flexybatch validate %s", quoted(r.file))
	}
	f, err := approval.NewFile(request)
	if err != nil {
		return failf(exitInternal, "%w", err)
	}
	approved, err := putRequest(r.requestFile(), f)
	if err != nil {
		return err
	}
	return r.prepared(f, approved)
}

// putRequest writes the file of a request. A file with the same request is left as it
// is, with the approvals that it has, and they are counted. A file with another
// request that people have approved is not overwritten.
func putRequest(path string, f *approval.File) (approved int, err error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		old, err := readRequest(path)
		switch {
		case err != nil:
			return 0, failf(exitNothing, "%w\nMove that file away, then prepare the batch again", err)
		case old.Digest == f.Digest:
			return len(old.Approvals), nil
		case len(old.Approvals) > 0:
			return 0, failf(exitNothing, "%s is another approval request (%s), which people have approved already; this one is %s.\nMove it away, then prepare the batch again", path, shortDigest(old.Digest), shortDigest(f.Digest))
		}
	}
	return 0, writeRequestFile(path, f)
}

// writeRequestFile writes the file of a request. A file that is there keeps its mode:
// it may have been made readable for the approvers.
func writeRequestFile(path string, f *approval.File) error {
	before, absent := os.Stat(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return failf(exitNothing, "making the state folder: %w", err)
	}
	err := report.WriteFile(path, f.Encode)
	if err == nil && absent == nil {
		err = os.Chmod(path, before.Mode().Perm())
	}
	if err != nil {
		return failf(exitNothing, "writing the approval request: %w", err)
	}
	return nil
}

// prepared tells what is to be approved, and how.
func (r *runner) prepared(f *approval.File, approved int) error {
	p, path := f.Request, r.requestFile()
	if r.json {
		s := preparedSummary{Batch: p.Batch, Request: path, Digest: f.Digest, Rows: preparedRows{len(p.Rows), p.Invalid}}
		s.Money.Requested, s.Money.Cost = p.Requested, p.Cost
		if err := json.NewEncoder(r.stdout).Encode(s); err != nil {
			return failf(exitNothing, "writing the result: %w", err)
		}
	}
	if approved > 0 {
		r.say("Approval request: %s (digest %s), as it was prepared before; %s.\n", path, f.Digest, count(approved, "approval is in it", "approvals are in it"))
	} else {
		r.say("Approval request: %s (digest %s). Nothing was sent.\n", path, f.Digest)
	}
	r.say("Let it be approved with: flexybatch approve %s\nThen: flexybatch run --approved %s --require-approvals 2 --approvers FILE %s\n", quoted(path), quoted(path), quoted(r.file))
	if p.Invalid > 0 {
		return exitWith(exitProblems)
	}
	return nil
}
