package batch

import (
	"time"

	"flexybatch/journal"
)

// HistoryEvent is one record in the history of a row.
type HistoryEvent struct {
	At     time.Time // when the record was written
	Number int       // the row's number in the file
	Record Record    // a row, an intent, an answer or a look
	State  State     // the row's state after the record
}

// ReadHistory replays a journal and calls tell for every record about the rows
// that about selects, in the order in which they were written. Its errors are those
// of ReadLedger and of tell.
func ReadHistory(fsys journal.FS, path string, about func(*RowRecord) bool, tell func(HistoryEvent) error) error {
	l := NewLedger()
	picked := map[Ref]int{} // the numbers of the selected rows
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
		if ev.Record, err = decodeRecord(e.Record); err != nil { // the decoder reuses the memory of r
			return err
		}
		return tell(ev)
	}})
	return err
}
