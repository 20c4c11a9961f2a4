package app

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
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
	path  string
	head  batch.BatchRecord
	begun time.Time
	size  int64
}

// earlier yields the journals of the newest earlier batches of the account, the
// oldest of them first. Those of a simulated batch lie beside it; a real batch's are
// also those of the register.
func (a *App) earlier(ctx context.Context, b compared) iter.Seq[string] {
	var list []candidate
	seen := map[string]bool{canonical(b.at.Journal()): true}
	for _, path := range a.journals(ctx, b) {
		if path = canonical(path); seen[path] || ctx.Err() != nil {
			continue
		}
		seen[path] = true
		if c, err := readCandidate(path); err == nil && b.follows(c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(x, y candidate) int {
		return cmp.Or(y.begun.Compare(x.begun), cmp.Compare(x.head.Name, y.head.Name), cmp.Compare(x.path, y.path))
	})
	list = slices.CompactFunc(list, func(x, y candidate) bool { return x.begun.Equal(y.begun) && x.head.Name == y.head.Name }) // copies
	list = a.readable(list[:min(mostEarlier, len(list))])
	return func(yield func(string) bool) {
		for _, c := range slices.Backward(list) {
			if ctx.Err() != nil || !yield(c.path) {
				return
			}
		}
	}
}

// journals lists the journals that may be those of earlier batches.
func (a *App) journals(ctx context.Context, b compared) []string {
	list := beside(b.at)
	if a.Register == nil || b.account.Type == batch.Simulated {
		return list
	}
	entries, _, err := a.Register.Entries(ctx)
	if err != nil {
		a.watcher().Note(lang.Msg("Note: %v", err))
	}
	known := 0
	for _, e := range entries { // the newest first
		if !e.Missing && sameAccount(e.Account, b.account) && known < 3*mostEarlier {
			list = append(list, e.Journal)
			known++
		}
	}
	return list
}

// follows tells whether a batch comes after another of its account. The simulated
// account is always the same one.
func (b *compared) follows(c candidate) bool {
	simulated := b.account.Type == batch.Simulated && c.head.Account.Type == batch.Simulated
	return (simulated || sameAccount(c.head.Account, b.account)) && (b.begun.IsZero() || c.begun.Before(b.begun))
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

// readCandidate reads the beginning of a journal.
func readCandidate(path string) (c candidate, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return c, err
	}
	c.path, c.size = path, info.Size()
	if c.head, err = batch.ReadHead(journal.Disk{}, path); err != nil {
		return c, err
	}
	found := errors.New("found")
	_, err = journal.Read(journal.Disk{}, path, func(e journal.Entry) error {
		c.begun = e.At
		return found
	})
	if errors.Is(err, found) {
		err = nil
	}
	return c, err
}

// canonical is a path without links, as far as it exists.
func canonical(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// beside lists the journals in a batch's folder.
func beside(at *Location) []string {
	list, _ := filepath.Glob(filepath.Join(escapeGlob(at.State), "*.journal")) // the pattern is a good one
	return list
}

// newestBeside is the account of the newest real batch in a batch's folder; the zero
// account where there is none.
func newestBeside(at *Location) batch.Account {
	var newest candidate
	for _, path := range beside(at) {
		c, err := readCandidate(path)
		if err == nil && c.head.Account.Type != batch.Simulated && c.begun.After(newest.begun) {
			newest = c
		}
	}
	return newest.head.Account
}
