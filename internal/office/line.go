package office

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"flexybatch/batch"
	"flexybatch/internal/app"
)

// Line is an account's batches as the pages of an office have them: people put them in
// line, the workers send them, and the pages look on.
type Line struct {
	database *Database
	account  Account
}

// Line is the line of an account.
func (d *Database) Line(a Account) *Line { return &Line{d, a} }

// Account is the account that the batches are paid from.
func (l *Line) Account() batch.Account { return l.account.Account }

// Storage is where the journals lie, to be read.
func (l *Line) Storage() app.Storage { return l.database.Storage(l.account.ID) }

// Provider answers with what a worker was told last, and sends nothing.
func (l *Line) Provider() app.Provider { return &told{l.database, l.account.ID} }

// Terms are what a worker was told last.
func (l *Line) Terms(ctx context.Context) (app.Terms, error) {
	return l.database.Terms(ctx, l.account.ID)
}

// Borrow owns the account for somebody who writes a note to a journal; see
// Database.Borrow.
func (l *Line) Borrow(ctx context.Context, by string) (s app.Storage, release func(), err error) {
	return l.database.Borrow(ctx, l.account.ID, by)
}

// Batch is how a batch stands; a *NoSuchBatch if it was never put in line.
func (l *Line) Batch(ctx context.Context, name string) (*Batch, error) {
	list, err := l.database.batchesWhere(ctx, condition{"where a.id = $1 and b.name = $2", []any{l.account.ID, name}})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &NoSuchBatch{Name: name}
	}
	return &list[0], nil
}

// Batches are all batches of the account, the newest first.
func (l *Line) Batches(ctx context.Context) ([]Batch, error) {
	return l.database.Batches(ctx, l.account.ID)
}

// Live is how far a batch is that is being sent.
type Live struct {
	Tally    batch.Tally    `json:"tally"`
	Progress batch.Progress `json:"progress"`
	Gauge    batch.Gauge    `json:"gauge"`
}

// Live is how far a batch is, as its owner has written down within the last second or
// so; nil: it is not being sent.
func (l *Line) Live(ctx context.Context, name string) (*Live, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	var text []byte
	err := l.database.pool.QueryRow(ctx, "select live from batch where account = $1 and name = $2", l.account.ID, name).Scan(&text)
	if err != nil || text == nil {
		return nil, err
	}
	var live Live
	return &live, json.Unmarshal(text, &live)
}

// Order is that a batch is to be paid, as a person has said it in the pages.
type Order struct {
	Name   string
	Run    app.RunOptions
	By     string   // who has said it
	MadeBy string   // who gave the file
	Makers []string // all who had a hand in it

	// Versions are the digests (SHA-256, in hex) of the file's versions. A batch of the
	// name that is in line without any of them is somebody else's.
	Versions []string
}

// Pay puts a batch in line, or in line again. A name that is taken by another file is a
// *BatchExists.
func (l *Line) Pay(ctx context.Context, o Order) error {
	content, err := os.ReadFile(o.Run.Place.File)
	if err != nil {
		return err
	}
	s := Submission{Account: l.account.ID, Name: o.Name, File: filepath.Base(o.Run.Place.File), Content: content, Options: OptionsOf(o.Run), By: o.By, MadeBy: o.MadeBy, Makers: o.Makers}
	s.Options.Approvals = o.Run.Approvals.Required
	for _, path := range o.Run.Approvals.Requests {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.Requests = append(s.Requests, b)
	}
	err = l.database.Submit(ctx, s)
	if exists := (*BatchExists)(nil); !errors.As(err, &exists) {
		return err
	}
	ours, asked := l.hasVersion(ctx, o.Name, o.Versions)
	switch {
	case asked != nil:
		return &Unreachable{Err: asked}
	case !ours:
		return err
	}
	return l.again(ctx, s)
}

// hasVersion tells whether a batch in line has one of these versions of its file.
func (l *Line) hasVersion(ctx context.Context, name string, versions []string) (has bool, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	err = l.database.pool.QueryRow(ctx, `select exists (select 1 from blob f join batch b on b.id = f.batch
		where b.account = $1 and b.name = $2 and f.kind = 'input' and f.sha256 = any($3))`, l.account.ID, name, versions).Scan(&has)
	return has, err
}

// again puts a batch in line that was there before. Whoever says that it is to be paid
// lets a stopped account go on, too.
func (l *Line) again(ctx context.Context, s Submission) error {
	if err := l.database.Amend(ctx, s); err != nil {
		return err
	}
	return l.Resume(ctx, s.Name, s.By)
}

// Pause wishes that a batch is not sent any further.
func (l *Line) Pause(ctx context.Context, name, by string) error {
	return l.database.Pause(ctx, l.account.ID, name, by)
}

// Cancel wishes that nothing more of a batch is ever sent.
func (l *Line) Cancel(ctx context.Context, name, by string) error {
	return l.database.Cancel(ctx, l.account.ID, name, by)
}

// Resume lets a batch go on, such as after its canary.
func (l *Line) Resume(ctx context.Context, name, by string) error {
	return l.database.Resume(ctx, l.account.ID, name, by)
}

// Settle lets the workers ask about a batch's open rows now.
func (l *Line) Settle(ctx context.Context, name, by string) error {
	return l.database.Settle(ctx, l.account.ID, name, by)
}
