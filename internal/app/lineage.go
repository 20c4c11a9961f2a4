package app

import (
	"context"
	"regexp"

	"flexybatch/batch"
	"flexybatch/journal"
)

// known are the journals of the batches that a person may mean: those beside a
// batch, and those in the user's register. Real and simulated batches know nothing
// of each other.
type known struct {
	at    *Location
	paths map[string][]string // by the batch's name, the nearest first
	heads map[string]batch.BatchRecord
	order []string // paths, the nearest first
}

// journals finds the journals of other batches than the one at a place.
func (a *App) journals(ctx context.Context, at *Location, simulated bool) (*known, error) {
	k := &known{at: at, paths: map[string][]string{}, heads: map[string]batch.BatchRecord{}}
	err := neighbours(at, func(path string, head batch.BatchRecord) error {
		k.add(path, head, simulated)
		return nil
	})
	if err != nil || simulated || a.Register == nil || at.stored != nil {
		return k, err
	}
	entries, _, err := a.Register.Entries(ctx)
	if err != nil {
		return k, nothing(err)
	}
	for _, e := range entries {
		if head, err := batch.ReadHead(journal.Disk{}, e.Journal); err == nil {
			k.add(e.Journal, head, simulated)
		}
	}
	return k, nil
}

// add adds a journal, unless it is the batch's own or was added before.
func (k *known) add(path string, head batch.BatchRecord, simulated bool) {
	if (head.Account.Type == batch.Simulated) != simulated || k.at.storage().Same(path, k.at.Journal()) {
		return
	}
	for _, other := range k.order {
		if k.at.storage().Same(path, other) {
			return
		}
	}
	k.order = append(k.order, path)
	k.heads[path] = head
	k.paths[head.Name] = append(k.paths[head.Name], path)
}

// lineage is who was paid before for the rows of a batch: by the batch itself, whose
// ledger is nil where it has none, and by its relatives.
func (k *known) lineage(own *batch.Ledger, rows []batch.Row) (*batch.Lineage, error) {
	if own != nil && !own.Sealed() {
		own = nil
	}
	kin, err := k.relatives(own, rows)
	if err != nil {
		return nil, err
	}
	ledgers := make([]*batch.Ledger, 0, len(kin))
	for _, relative := range kin {
		ledgers = append(ledgers, relative.ledger)
	}
	return batch.NewLineage(own, ledgers...), nil
}

// relative is a batch that belongs to the lineage of another.
type relative struct {
	path   string
	ledger *batch.Ledger
}

// relatives are the batches that resend made of this one, those that it was made
// of, and their relatives in turn. A relative that cannot be read is an error: it
// may have paid somebody.
func (k *known) relatives(own *batch.Ledger, rows []batch.Row) (list []relative, err error) {
	wanted := k.relativesByName(k.at.Name)
	if own != nil {
		wanted = append(wanted, own.Relatives()...)
	}
	for i := range rows {
		if name := rows[i].OriginBatch(); name != "" {
			wanted = append(wanted, name)
		}
	}
	seen := map[string]bool{k.at.Name: true}
	for len(wanted) > 0 {
		name := wanted[0]
		wanted = wanted[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		if len(k.paths[name]) == 0 {
			continue // its books are gone: the provider knows the refs of what it paid
		}
		path := k.paths[name][0]
		l, _, err := batch.ReadLedger(k.at.storage(), path)
		if err != nil {
			return nil, &JournalError{Journal: path, Err: err}
		}
		list = append(list, relative{path, l})
		wanted = append(wanted, l.Relatives()...)
	}
	return list, nil
}

// relativesByName are the batches that were resent one from the other by their
// names alone, since versions before this one wrote nothing else down: NAME was
// resent as NAME-r1, and that as NAME-r2. Without a batch NAME the names mean
// something else.
func (k *known) relativesByName(name string) (names []string) {
	base := name
	if m := resent.FindStringSubmatch(name); m != nil {
		base = m[1]
	}
	if base != name && len(k.paths[base]) == 0 {
		return nil
	}
	member := regexp.MustCompile("^" + regexp.QuoteMeta(base) + `(-r[0-9]{1,6})?$`)
	for other := range k.paths {
		if other != name && member.MatchString(other) {
			names = append(names, other)
		}
	}
	return names
}
