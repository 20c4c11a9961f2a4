package console

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
)

// checks keeps what was found in the files of drafts, so that each is read once.
type checks struct {
	mu        sync.Mutex
	by        map[string]*checking // by the batch's name
	passwords map[string]string    // of workbooks, likewise
	turns     chan struct{}        // holds one for each large file that is being read
}

func newChecks() *checks {
	return &checks{by: map[string]*checking{}, passwords: map[string]string{}, turns: make(chan struct{}, mostLarge)}
}

// Large files are read two at a time, however many people give one: each takes half a
// gigabyte of memory. A small one never waits.
const (
	largeFile = 1 << 20
	mostLarge = 2
)

// turn waits until a draft's file may be read, and returns what ends that.
func (k *Console) turn(d *app.Draft) (end func()) {
	path, _ := k.config.Folder.File(d, d.Current().Number)
	if info, err := os.Stat(path); err != nil || info.Size() < largeFile {
		return func() {}
	}
	k.checks.turns <- struct{}{}
	return func() { <-k.checks.turns }
}

// checking is a file that is being checked, or was.
type checking struct {
	key   string // the version, and how it is read
	done  chan struct{}
	since time.Time    // when it was begun
	rows  atomic.Int64 // that were read so far
	ended time.Time    // when it was done, once it is

	found  *app.Inspected
	groups []batch.ProblemGroup
	offers []app.Offer    // what the program can do about the rows
	flight *app.Preflight // of a rehearsal
	amends bool           // the rehearsal took the file for a corrected one
	notes  *notes
	err    error
}

// read takes how many rows were read so far. A reader that begins anew is shown as the
// furthest that it came.
func (c *checking) read(rows int) {
	if n := int64(rows); n > c.rows.Load() {
		c.rows.Store(n)
	}
}

// How much is kept of what was checked: a row takes about half a kilobyte, and the last
// file is kept whatever its size.
const (
	mostChecked     = 8 // files
	mostCheckedRows = 1_500_000
)

// get returns the check with the key, and begins it where there is none. ok is false
// where it takes longer than patience.
func (c *checks) get(name, key string, patience time.Duration, check func(context.Context, *checking)) (now *checking, ok bool) {
	c.mu.Lock()
	now = c.by[name]
	if now == nil || now.key != key {
		now = &checking{key: key, done: make(chan struct{}), since: time.Now(), notes: &notes{}}
		c.by[name] = now
		c.thin(name)
		begun := now
		go func() {
			check(context.Background(), begun)
			begun.ended = time.Now()
			close(begun.done)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.thin(name)
		}()
	}
	c.mu.Unlock()
	return now, isDone(now.done, patience)
}

// getFresh is get for what is good for a time only.
func (c *checks) getFresh(name, key string, good, patience time.Duration, check func(context.Context, *checking)) (*checking, bool) {
	c.mu.Lock()
	if now := c.by[name]; now != nil && isDone(now.done, 0) && time.Since(now.ended) > good {
		delete(c.by, name)
	}
	c.mu.Unlock()
	return c.get(name, key, patience, check)
}

// thin lets go of the oldest checks, where there are too many or they are too large.
// One that is under way stays: somebody waits for it.
func (c *checks) thin(but string) {
	for {
		oldest, rows := "", 0
		for name, x := range c.by {
			done := isDone(x.done, 0)
			if done && x.found != nil {
				rows += len(x.found.Check.Rows)
			}
			if name != but && done && (oldest == "" || x.since.Before(c.by[oldest].since)) {
				oldest = name
			}
		}
		if oldest == "" || len(c.by) <= mostChecked && rows <= mostCheckedRows {
			return
		}
		delete(c.by, oldest)
	}
}

// progress is how many rows of a batch's file were read so far, if it is being read.
func (c *checks) progress(name string) (rows int, busy bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.by[name]
	if now == nil || isDone(now.done, 0) {
		return 0, false
	}
	return int(now.rows.Load()), true
}

// forget lets go of a check, so that the file is read anew.
func (c *checks) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.by, name)
}

// checkKey is what a check depends on.
func checkKey(d *app.Draft, account app.Account) string {
	b, _ := json.Marshal(struct { // of texts and numbers, which can all be encoded
		SHA256  string
		Version int
		Choices app.Choices
		Bounds  app.Bounds
		Account app.Account
	}{d.Current().SHA256, d.Current().Number, d.Choices, d.Bounds, account})
	return string(b)
}

// check is what is wrong with the file of a draft.
func (k *Console) check(d *app.Draft) (*checking, bool) {
	account := k.account(d)
	return k.checks.get(d.Name, checkKey(d, account), patience, func(ctx context.Context, c *checking) {
		defer k.turn(d)()
		job := k.job(nil)
		job.Observer = c.notes
		reading := k.reading(d)
		reading.Clarify, reading.Options.Progress = &listener{checking: c}, c.read
		c.found, c.err = job.Inspect(ctx, app.CheckOptions{
			Place: k.config.Folder.Place(d.Name), Reading: reading, Plans: app.Catalogue{Account: account},
		})
		if c.err == nil {
			c.groups = batch.GroupProblems(c.found.Check.Rows, 3)
		}
	})
}

// listener hears what the reading of a file asks. A page answers later, so nothing is
// answered now.
type listener struct{ *checking }

// Column is answered on the page of the columns.
func (*listener) Column(context.Context, app.ColumnQuestion) (int, bool) { return 0, false }

// Spread is answered on the page of the columns.
func (*listener) Spread(context.Context, app.MergedQuestion) bool { return false }

// Accept keeps an offer, to be accepted by a button.
func (l *listener) Accept(_ context.Context, o app.Offer) bool {
	l.offers = append(l.offers, o)
	return false
}

// reading is how the file of a draft is read, with the password that was typed in this
// sitting: it is kept in no file.
func (k *Console) reading(d *app.Draft) app.Reading {
	r := d.Reading()
	r.Options.Limits.FileBytes = int(2 * k.config.Upload) // of text in a workbook's cells; a million rows have a quarter of it
	k.checks.mu.Lock()
	defer k.checks.mu.Unlock()
	r.Options.Password = k.checks.passwords[d.Name]
	return r
}

// setPassword keeps a password for this sitting.
func (c *checks) setPassword(name, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passwords[name] = password
	delete(c.by, name)
}
