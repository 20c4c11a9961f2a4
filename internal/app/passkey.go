package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// signingTime is how long a person may take between the challenge and the signature.
const signingTime = 30 * time.Minute

// ApproveWithPasskey adds an approval that a browser had signed by a passkey. digest
// is that of the request that the person was shown: nothing else is approved. The
// door has asked already, since a passkey signs nothing unasked.
func (a *App) ApproveWithPasskey(ctx context.Context, path, digest string, by approval.Approval) error {
	if err := ctx.Err(); err != nil {
		return nothing(err)
	}
	if age := time.Since(by.At); age < -time.Minute || age > signingTime {
		return &SignedLate{At: by.At}
	}
	f, err := readShown(ApproveOptions{Request: path, Digest: digest})
	if err != nil {
		return err
	}
	if err := a.checkTargets([]outfile.Target{requestTarget(path)}); err != nil {
		return err
	}
	if err := f.ApproveWithPasskey(by); err != nil {
		return nothing(err)
	}
	return a.writeRequest(path, f)
}

// TakeApprovals adds the approvals of a copy, which somebody has signed elsewhere, to
// the request of a batch. It returns how many are new.
func (a *App) TakeApprovals(ctx context.Context, path string, signed *approval.File) (added int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, nothing(err)
	}
	f, err := ReadRequest(path)
	if err != nil {
		return 0, err
	}
	before := len(f.Approvals)
	if err := f.Add(signed); err != nil {
		return 0, nothing(err)
	}
	if added = len(f.Approvals) - before; added == 0 {
		return 0, nil
	}
	if err := a.checkTargets([]outfile.Target{requestTarget(path)}); err != nil {
		return 0, err
	}
	return added, a.writeRequest(path, f)
}

// KeepRequest writes a request that came from elsewhere to a file of its own, or adds
// its approvals to those of the copy that is there.
func (a *App) KeepRequest(ctx context.Context, path string, f *approval.File) error {
	if _, err := ReadRequest(path); err == nil {
		_, err := a.TakeApprovals(ctx, path, f)
		return err
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := a.checkTargets([]outfile.Target{requestTarget(path)}); err != nil {
		return err
	}
	return a.writeRequest(path, f)
}

// SignedLate says that a signature took too long, or comes from a clock that is wrong.
type SignedLate struct {
	nothingDone
	At time.Time
}

func (e *SignedLate) Error() string { return e.Message().String() }

// Message says what to do.
func (*SignedLate) Message() lang.Message {
	return lang.Msg("too much time has passed since the request was shown; look at it again, then sign it")
}

// SetAside renames a request that no longer fits, with the approvals that it holds, so
// that the batch can be prepared anew. It returns the new name.
func (a *App) SetAside(path string) (string, error) {
	f, err := ReadRequest(path)
	if err != nil {
		return "", err
	}
	aside := strings.TrimSuffix(path, approval.Suffix) + "." + ShortDigest(f.Digest) + approval.Suffix
	if err := os.Rename(path, aside); err != nil {
		return "", refusef("moving the approval request away: %w", err)
	}
	return aside, nil
}
