package app

import (
	"flexybatch/batch"
	"flexybatch/journal"
)

// Story is everything that the journal of a batch tells of one row, in the order in
// which it was written. The row is given by its reference, or, where it has none
// because it is invalid, by its number.
func (f Folder) Story(name string, ref batch.Ref, number int) ([]batch.HistoryEvent, error) {
	var events []batch.HistoryEvent
	about := func(r *batch.RowRecord) bool {
		return ref != "" && r.Ref == ref || ref == "" && r.Ref == "" && r.Number == number
	}
	err := batch.ReadHistory(journal.Disk{}, f.Journal(name), about, func(e batch.HistoryEvent) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		return nil, &JournalError{Journal: f.Journal(name), Err: err}
	}
	return events, nil
}
