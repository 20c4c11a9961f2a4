package console

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
)

// checks keeps what was found in the files of drafts, so that each is read once.
type checks struct {
	mu        sync.Mutex
	by        map[string]*checking // by the batch's name
	passwords map[string]string    // of workbooks, likewise
}

func newChecks() *checks { return &checks{by: map[string]*checking{}, passwords: map[string]string{}} }

// checking is a file that is being checked, or was.
type checking struct {
	key   string // the version, and how it is read
	done  chan struct{}
	since time.Time // when it was begun
	ended time.Time // when it was done, once it is

	found  *app.Inspected
	groups []batch.ProblemGroup
	offers []app.Offer    // what the program can do about the rows
	flight *app.Preflight // of a rehearsal
	amends bool           // the rehearsal took the file for a corrected one
	notes  *notes
	err    error
}

// mostChecked is how many files are kept that were checked.
const mostChecked = 8

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
			defer close(begun.done)
			check(context.Background(), begun)
			begun.ended = time.Now()
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

// thin lets go of the oldest check, where there are too many.
func (c *checks) thin(but string) {
	if len(c.by) <= mostChecked {
		return
	}
	oldest := ""
	for name, x := range c.by {
		if name != but && (oldest == "" || x.since.Before(c.by[oldest].since)) {
			oldest = name
		}
	}
	delete(c.by, oldest)
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
		job := k.job(nil)
		job.Observer = c.notes
		reading := k.reading(d)
		reading.Clarify = &listener{checking: c}
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
