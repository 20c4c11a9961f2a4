package app

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sort"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// How much of the earlier batches is read: enough for a year of monthly payrolls,
// and not so much that a run waits for it.
const (
	mostEarlier = 12
	mostBytes   = 256 << 20 // of their journals together
)

// candidate is the journal of a batch that may be an earlier one.
type candidate struct {
	path    string
	name    string // of the batch
	account batch.Account
	begun   time.Time
	size    int64
}

// earlier yields the journals of the newest earlier batches of the account, the
// oldest of them first.
func (a *App) earlier(ctx context.Context, b compared) iter.Seq[string] {
	k, err := a.journals(ctx, b.at, b.account.Type == batch.Simulated)
	if err != nil {
		a.watcher().Note(lang.Msg("Note: %v", err))
	}
	var list []candidate
	for _, path := range k.order {
		if c, err := k.candidate(path); err == nil && b.follows(c) {
			list = append(list, c)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		x, y := &list[i], &list[j]
		return cmp.Or(y.begun.Compare(x.begun), cmp.Compare(x.name, y.name)) < 0
	})
	list = slices.CompactFunc(list, func(x, y candidate) bool { return x.begun.Equal(y.begun) && x.name == y.name }) // copies
	list = a.readable(list[:min(mostEarlier, len(list))])
	return func(yield func(string) bool) {
		for _, c := range slices.Backward(list) {
			if ctx.Err() != nil || !yield(c.path) {
				return
			}
		}
	}
}

// follows tells whether a batch comes after another of its account. The simulated
// account is always the same one.
func (b *compared) follows(c candidate) bool {
	return (b.account.Type == batch.Simulated || sameAccount(c.account, b.account)) && (b.begun.IsZero() || c.begun.Before(b.begun))
}

// readable leaves out the journals that are too large to be read beside a run.
func (a *App) readable(list []candidate) []candidate {
	n, bytes := 0, int64(0)
	for n < len(list) && bytes+list[n].size <= mostBytes {
		bytes += list[n].size
		n++
	}
	if left := len(list) - n; left > 0 {
		a.watcher().Note(lang.Count(left, "Note: the journal of %d earlier batch is not compared with this one: it is too large.", "Note: the journals of %d earlier batches are not compared with this one: they are too large."))
	}
	return list[:n]
}

// candidate finds out when a batch was begun, and how large its journal is.
func (k *known) candidate(path string) (c candidate, err error) {
	_, size, err := k.at.storage().Look(path)
	if err != nil {
		return c, err
	}
	c = candidate{path: path, name: k.heads[path].Name, account: k.heads[path].Account, size: size}
	c.begun, err = begun(k.at.storage(), path)
	return c, err
}

// begun is when a journal was begun.
func begun(s Storage, path string) (at time.Time, err error) {
	found := errors.New("found")
	_, err = journal.Read(s, path, func(e journal.Entry) error {
		at = e.At
		return found
	})
	if errors.Is(err, found) {
		err = nil
	}
	return at, err
}

// newestBeside is the account of the newest real batch in a batch's folder; the zero
// account where there is none.
func newestBeside(ctx context.Context, at *Location) batch.Account {
	var newest candidate
	k, err := (&App{}).journals(ctx, at, false) // without the register
	if err != nil {
		return newest.account
	}
	for _, path := range k.order {
		if c, err := k.candidate(path); err == nil && c.begun.After(newest.begun) {
			newest = c
		}
	}
	return newest.account
}
