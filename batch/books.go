package batch

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"flexybatch/journal"
)

// Books are a batch's journal, open for writing, and the Ledger that follows
// from it. What is in the ledger is on disk: its methods write first.
type Books struct {
	*Ledger
	Cut     *journal.Cut // a torn tail that was cut off when the books were opened
	journal *journal.Journal

	claims  sync.Mutex
	claimed map[Ref]chan struct{} // rows that somebody writes about; closed when done
}

// ErrInvariant is wrapped by the error for a record that the engine wanted to
// write and that cannot be true: a fault of the program, found before it was
// written down.
var ErrInvariant = errors.New("internal fault: the books would contradict themselves")

// OpenBooks opens the journal of that path, or begins one, and replays it. Its
// errors are those of journal.Open, and ErrRecord.
func OpenBooks(fsys journal.FS, path string) (*Books, error) {
	l := NewLedger()
	j, cut, err := journal.OpenFold(fsys, path, l.replayed())
	if err != nil {
		return nil, err
	}
	l.draft = nil
	return &Books{Ledger: l, Cut: cut, journal: j, claimed: map[Ref]chan struct{}{}}, nil
}

// ReadLedger replays a journal without locking or changing it, also while
// another process writes it.
func ReadLedger(fsys journal.FS, path string) (*Ledger, journal.Info, error) {
	l := NewLedger()
	info, err := journal.ReadFold(fsys, path, l.replayed())
	l.draft = nil
	return l, info, err
}

// ReadHead is what a journal's first plan says of itself; the rest is not read.
func ReadHead(fsys journal.FS, path string) (BatchRecord, error) {
	var head *BatchRecord
	stop := errors.New("found")
	_, err := journal.Read(fsys, path, func(e journal.Entry) error {
		r, err := decodeRecord(e.Record)
		if err == nil && r.Batch != nil {
			head, err = r.Batch, stop
		}
		return err
	})
	if head == nil {
		return BatchRecord{}, errors.Join(errors.New("the journal holds no plan"), err)
	}
	return *head, nil
}

// inLine says where in the journal a record stands that cannot be true.
func inLine(e journal.Entry, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %w", e.Line, err)
}

// Intend asks for permission to send a row, and is the only way to get it: if
// decide says that the row may be sent, the intent is on disk when Intend
// returns. It may not be, though a moment ago it was, when a look has found the
// order meanwhile. attempt counts from 1.
func (b *Books) Intend(ref Ref) (attempt int, ok bool, err error) {
	defer b.claim(ref)()
	s, known := b.Row(ref)
	if !known || decide(&s) != send {
		return 0, false, nil
	}
	attempt = s.Attempts + 1
	return attempt, true, b.write(Record{Intent: &IntentRecord{Ref: ref, Attempt: attempt}})
}

// Answer writes down what came of a send.
func (b *Books) Answer(a AnswerRecord) error {
	defer b.claim(a.Ref)()
	return b.write(Record{Answer: &a})
}

// Look writes down what looks have shown, each of another row, that were asked
// at that time. What another look has overtaken since then is not written down:
// what the books know already, and a state that the row has left behind. A
// clearance is taken back when the order was found meanwhile.
func (b *Books) Look(asked time.Time, looks ...LookRecord) error {
	refs := make([]Ref, len(looks))
	for i, l := range looks {
		refs[i] = l.Ref
	}
	defer b.claim(refs...)()
	var records []Record
	for _, l := range looks {
		s, _ := b.Row(l.Ref)
		if (l.By == "list" || s.State.Final()) && !isNews(&s, &l) || outdated(&s, &l, asked) {
			continue
		}
		if l.Clear && !clears(&s, 0, 0) {
			l.Clear = false
		}
		records = append(records, Record{Look: &l})
	}
	if len(records) == 0 {
		return nil
	}
	return b.write(records...)
}

// Note writes down anything else that the books should tell.
func (b *Books) Note(n NoteRecord) error { return b.write(Record{Note: &n}) }

// claim waits until nobody else writes about these rows and keeps others from
// it until the function it returns is called: what is checked before writing
// must still be true when it is written.
func (b *Books) claim(refs ...Ref) (release func()) {
	for {
		b.claims.Lock()
		var busy chan struct{}
		for _, ref := range refs {
			if busy = b.claimed[ref]; busy != nil {
				break
			}
		}
		if busy == nil {
			done := make(chan struct{})
			for _, ref := range refs {
				b.claimed[ref] = done
			}
			b.claims.Unlock()
			return func() {
				b.claims.Lock()
				defer b.claims.Unlock()
				for _, ref := range refs {
					delete(b.claimed, ref)
				}
				close(done)
			}
		}
		b.claims.Unlock()
		<-busy
	}
}

// write puts records on disk, then folds them into the ledger. An error means
// that nothing may be sent any more: it wraps journal.ErrFailed or ErrInvariant.
func (b *Books) write(records ...Record) error {
	encoded := make([][]byte, len(records))
	for i, r := range records {
		if err := b.possible(r); err != nil {
			return fmt.Errorf("%w: %w", ErrInvariant, err)
		}
		var err error
		if encoded[i], err = r.encode(); err != nil {
			return err
		}
	}
	at := time.Now().UTC().Truncate(time.Millisecond) // as the journal will give it back
	if err := b.journal.Append(at, encoded...); err != nil {
		return err
	}
	for _, r := range records {
		if err := b.Fold(r, at); err != nil {
			return fmt.Errorf("%w: %w", ErrInvariant, err)
		}
	}
	return nil
}

// possible tries a record about one row on a copy of the row.
func (b *Books) possible(r Record) error {
	ref := r.ref()
	if ref == "" {
		return nil
	}
	s, ok := b.Row(ref)
	if !ok {
		return fmt.Errorf("%w: ref %s is in no plan", ErrRecord, ref)
	}
	return s.apply(r, time.Time{})
}

// rowChunk is how many rows of a plan share an fsync.
const rowChunk = 1000

// Begin writes a plan down: what is about to be paid. Until it returns nil there
// is no plan, and nothing may be sent.
func (b *Books) Begin(head BatchRecord, rows []Row) error {
	seal := SealRecord{Rows: len(rows)}
	chunk := []Record{{Batch: &head}}
	for i := range rows {
		r := &rows[i]
		if r.Valid() {
			seal.Valid++
			seal.Requested += r.Topup.Amount.Centimes()
			seal.Cost += r.Cost
		}
		chunk = append(chunk, Record{Row: &RowRecord{
			Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Cells: r.Cells,
			Written: r.Written(), Hidden: r.Hidden(), Problems: r.Problems(),
		}})
		if len(chunk) >= rowChunk {
			if err := b.write(chunk...); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return b.write(append(chunk, Record{Sealed: &seal})...)
}

// Head is the link and the number, from 1, of the last line of the journal that
// is on disk: it stands for all lines before it.
func (b *Books) Head() (link string, line uint64) { return b.journal.Head() }

// Close ends the session. Nothing may be recording any more.
func (b *Books) Close() error { return b.journal.Close() }
