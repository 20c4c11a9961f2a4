package app

import (
	"context"
	"crypto/ed25519"
	"slices"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Signer is who approves.
type Signer struct {
	Name   string
	Public approval.Key
	// Open unlocks the private key, after the question was answered.
	Open func(context.Context) (ed25519.PrivateKey, error)
}

// ApproveOptions says what is approved, and by whom.
type ApproveOptions struct {
	Request string // the file
	Digest  string // of what the person was shown: nothing else is approved
	Signer  Signer
	Yes     bool // ask nothing
}

// Approved is what came of an approval.
type Approved struct {
	Before bool         // the key had approved the request before
	Key    approval.Key // of who approved
}

// Approve asks, and adds an approval to a request.
func (a *App) Approve(ctx context.Context, o ApproveOptions) (*Approved, error) {
	f, err := readShown(o)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(f.Approvals, func(x approval.Approval) bool { return x.Key.Equal(o.Signer.Public) && f.Signed(x) }) {
		return &Approved{Before: true, Key: o.Signer.Public}, nil
	}
	if err := a.checkTargets([]outfile.Target{requestTarget(o.Request)}); err != nil {
		return nil, err
	}
	if !o.Yes {
		err := a.ask(ctx, Question{About: AboutRequest, Rows: len(f.Request.Rows), Cost: f.Request.Cost, Account: f.Request.Account.Type, As: o.Signer.Name})
		if err != nil {
			return nil, refusef("it was not approved: %w", err)
		}
	}
	key, err := o.Signer.Open(ctx)
	if err != nil {
		return nil, nothing(err)
	}
	if f, err = readShown(o); err != nil { // somebody else may have approved it meanwhile
		return nil, err
	}
	if err := f.Approve(o.Signer.Name, key, time.Now()); err != nil {
		return nil, nothing(err)
	}
	return &Approved{Key: approval.PublicKey(key)}, a.writeRequest(o.Request, f)
}

// readShown reads the request, which must be the one that was shown.
func readShown(o ApproveOptions) (*approval.File, error) {
	f, err := ReadRequest(o.Request)
	if err == nil && f.Digest != o.Digest {
		return nil, &RequestReplaced{Request: o.Request}
	}
	return f, err
}

// RequestReplaced says that an approval request is not the one that was shown.
type RequestReplaced struct {
	nothingDone
	Request string
}

func (e *RequestReplaced) Error() string { return e.Message().String() }

// Message says so.
func (e *RequestReplaced) Message() lang.Message {
	return lang.Msg("%s was changed while you were asked, and was not approved; look at it again", e.Request)
}
