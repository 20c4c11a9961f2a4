package register

import (
	"context"

	"flexybatch/batch"
	"flexybatch/journal"
)

// Previous returns the batch before this one: of the other batches of the account
// whose journal can be read, the one that was first noted last. current is the path
// of the present batch's journal, which may not exist yet; if it is registered, only
// batches that were noted before it count. fits may leave out more, such as a batch
// of rows that were sent again; nil fits all. ok is false if there is none.
func (r *Register) Previous(ctx context.Context, account batch.Account, current string, fits func(Entry, batch.BatchRecord) bool) (previous Entry, ok bool, err error) {
	entries, _, err := r.Entries(ctx)
	if err != nil {
		return Entry{}, false, err
	}
	for _, e := range beforeCurrent(entries, resolved(current)) {
		if err := ctx.Err(); err != nil {
			return Entry{}, false, err
		}
		if e.Missing || !sameAccount(e.Account, account) {
			continue
		}
		head, err := batch.ReadHead(journal.Disk{}, e.Journal)
		if err == nil && sameAccount(head.Account, account) && (fits == nil || fits(e, head)) {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}

// beforeCurrent returns the entries that were noted before the present journal: all,
// if it is not among them.
func beforeCurrent(entries []Entry, current string) []Entry {
	id := journalID(current)
	for i, e := range entries { // the newest first
		if id != "" && e.id == id || id == "" && e.id == "" && e.Journal == current {
			return entries[i+1:]
		}
	}
	return entries
}

func sameAccount(a, b batch.Account) bool {
	return a.Host == b.Host && a.Username == b.Username && a.Type == b.Type
}
