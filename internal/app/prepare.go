package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Prepared is an approval request that was written.
type Prepared struct {
	Path      string
	Request   *approval.File
	Approvals int // that are in it already, since the same batch was prepared before
}

// Outcome is that of a check.
func (p *Prepared) Outcome() Outcome {
	if p.Request.Request.Invalid > 0 {
		return Problems
	}
	return Done
}

// Prepare goes as far as Run does before its question, and then writes down what is
// to be approved. It sends nothing and makes no journal.
func (a *App) Prepare(ctx context.Context, o RunOptions) (p *Prepared, err error) {
	o.Approvals = Approvals{}
	j, preflight, err := a.rehearse(ctx, o, func(at *Location) outfile.Target { return requestTarget(at.Request()) })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	a.watcher().Preflight(preflight)
	f, err := j.request(ctx)
	if err != nil {
		return nil, err
	}
	p = &Prepared{Path: j.at.Request(), Request: f}
	p.Approvals, err = a.putRequest(p.Path, f)
	return p, err
}

// request makes the approval request.
func (j *job) request(ctx context.Context) (*approval.File, error) {
	now, err := j.pricesNow(ctx)
	if err != nil {
		return nil, err
	}
	head := approval.Request{Batch: j.at.Name, Account: accountOf(j.provider.whose), Maker: j.options.Maker}
	if head.SHA256, err = j.fileSum(); err != nil {
		return nil, err
	}
	if in := j.rows.file; in != nil {
		head.File, head.Sheet = in.File, in.Sheet
	} else {
		b := j.books.known.Batch()
		head.File, head.Sheet = b.File, b.Sheet
	}
	request, err := approval.NewRequest(head, j.rows.names(), j.rows.all(), now)
	if err != nil {
		return nil, nothing(err)
	}
	if len(request.Rows) == 0 {
		return nil, &NothingToApprove{File: j.at.File}
	}
	f, err := approval.NewFile(request)
	if err != nil {
		return nil, Failed(Internal, err)
	}
	return f, nil
}

// putRequest writes an approval request. The same one with its approvals stays as it
// is, and tells how many they are; another that people have approved is not
// overwritten.
func (a *App) putRequest(path string, f *approval.File) (approved int, err error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		old, err := ReadRequest(path)
		switch {
		case err != nil:
			return 0, refusef("%w\nMove that file away, then prepare the batch again", err)
		case old.Digest == f.Digest:
			return len(old.Approvals), nil
		case len(old.Approvals) > 0:
			return 0, refusef("%s is another approval request (%s), which people have approved already; this one is %s.\nMove it away, then prepare the batch again", path, ShortDigest(old.Digest), ShortDigest(f.Digest))
		}
	}
	return 0, a.writeRequest(path, f)
}

// requestTarget is the file of an approval request.
func requestTarget(path string) outfile.Target {
	return outfile.Target{Path: path, Kind: outfile.ApprovalRequest}
}

// writeRequest writes an approval request. A file that is there may have been opened
// to those who are to approve it, and stays so.
func (a *App) writeRequest(path string, f *approval.File) error {
	before, absent := os.Stat(path)
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	err := a.write(requestTarget(path), f.Encode)
	if err == nil && absent == nil {
		err = os.Chmod(path, before.Mode().Perm())
	}
	if err != nil {
		return refusef("writing the approval request: %w", err)
	}
	return nil
}

// makeFolder makes the folder of a batch.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return refusef("making the state folder: %w", err)
	}
	return nil
}

// NothingToApprove says that a file has no valid row.
type NothingToApprove struct {
	nothingDone
	File string
}

func (e *NothingToApprove) Error() string { return e.Message().String() }

// Message says so.
func (*NothingToApprove) Message() lang.Message {
	return lang.Msg("there is no valid row to approve")
}
