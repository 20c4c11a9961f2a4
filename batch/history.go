package batch

import (
	"time"

	"flexybatch/journal"
)

// HistoryEvent is one record about one row, as a story tells it.
type HistoryEvent struct {
	At     time.Time // when it was written down
	Number int       // of the row in the file
	Record Record    // a Row, Intent, Answer or Look
	State  State     // of the row from here on
}

// ReadHistory replays a journal and tells all that it says of the rows that about
// picks, in the order in which it was written down. Its errors are those of
// ReadLedger: a story that breaks the money rules is one.
func ReadHistory(fsys journal.FS, path string, about func(*RowRecord) bool, tell func(HistoryEvent) error) error {
	l := NewLedger()
	picked := map[Ref]int{} // their numbers
	_, err := journal.ReadFold(fsys, path, journal.Fold[Record]{Decoder: newDecoder, Take: func(e journal.Entry, r Record) error {
		if err := inLine(e, l.Fold(r, e.At)); err != nil {
			return err
		}
		ref := r.ref()
		if r.Row == nil && ref == "" {
			return nil
		}
		ev := HistoryEvent{At: e.At, State: Unsent}
		if r.Row != nil {
			if !about(r.Row) {
				return nil
			}
			if ev.Number = r.Row.Number; r.Row.Ref != "" {
				picked[r.Row.Ref] = r.Row.Number
			} else {
				ev.State = Invalid
			}
			ref = r.Row.Ref
		} else if n, ok := picked[ref]; ok {
			ev.Number = n
		} else {
			return nil
		}
		if s, known := l.Row(ref); known && ref != "" {
			ev.State = s.State
		}
		var err error
		if ev.Record, err = decodeRecord(e.Record); err != nil { // r is not ours to give away
			return err
		}
		return tell(ev)
	}})
	return err
}
