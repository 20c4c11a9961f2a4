package batch

import (
	"errors"
	"slices"
	"sync"
	"time"

	"flexybatch/journal"
)

// Books is the journal of a batch, open for writing, with the Ledger that results
// from its records. The methods write a record to disk before they fold it into
// the ledger, so everything in the ledger is on disk.
type Books struct {
	*Ledger
	Cut     *journal.Cut // the torn tail that was cut off when the books were opened; nil if there was none
	journal *journal.Journal
	rooms   sync.Pool // of *room, each for a record
	halls   sync.Pool // of *room, each for many records

	claims   sync.Mutex
	claimed  map[claim]struct{} // what a goroutine is writing about
	released chan struct{}      // closed when a claim ends, if anybody waits for one; else nil
}

// ErrInvariant is wrapped by the error for a record that would contradict the
// ledger. It is a fault of the program, found before the record was written.
var ErrInvariant = Errorf("internal fault: the books would contradict themselves")

// OpenBooks opens the journal at path, or creates it, and replays it. Its errors
// are those of journal.OpenFold and errors that wrap ErrRecord.
func OpenBooks(fsys journal.FS, path string) (*Books, error) {
	l := NewLedger()
	j, cut, err := journal.OpenFold(fsys, path, l.replayed())
	if err != nil {
		return nil, err
	}
	l.draft = nil
	return &Books{Ledger: l, Cut: cut, journal: j, claimed: map[claim]struct{}{}}, nil
}

// ReadLedger replays a journal without locking or changing it. Another process
// may be writing it meanwhile.
func ReadLedger(fsys journal.FS, path string) (*Ledger, journal.Info, error) {
	l := NewLedger()
	info, err := journal.ReadFold(fsys, path, l.replayed())
	l.draft = nil
	return l, info, err
}

// ErrNoBatch says that a journal holds no batch: it was made, and nothing more.
var ErrNoBatch = Errorf("the journal holds no batch")

// ReadHead returns the first BatchRecord of a journal and does not read the rest.
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
		return BatchRecord{}, errors.Join(ErrNoBatch, err)
	}
	return *head, nil
}

// inLine adds the line of the journal to an error about its record.
func inLine(e journal.Entry, err error) error {
	if err == nil {
		return nil
	}
	return Errorf("line %d: %w", e.Line, err)
}

// Intend is the only way to get permission to send a row. If decide allows the
// send, Intend writes the intent to disk and returns the number of the attempt,
// from 1, and true. It returns false if the row may not be sent, for example
// because a look has found its order meanwhile.
func (b *Books) Intend(ref Ref) (attempt int, ok bool, err error) {
	b.claim(claim{ref: ref})
	defer b.unclaim(claim{ref: ref})
	s, known := b.Row(ref)
	if !known || decide(&s) != send {
		return 0, false, nil
	}
	attempt = s.Attempts + 1
	return attempt, true, b.write(Record{Intent: &IntentRecord{Ref: ref, Attempt: attempt}})
}

// Answer writes down the outcome of a send.
func (b *Books) Answer(a AnswerRecord) error {
	row, order := claim{ref: a.Ref}, claim{order: a.TopupID}
	b.claim(row, order)
	defer b.unclaim(row, order)
	return b.write(Record{Answer: &a})
}

// Look writes down what looks showed, each of a different row; asked is when they
// were asked for. Look leaves out what other looks have made obsolete since then:
// what the books know already, and an open state of a row that is final. It does
// not clear a row for sending if its order was found meanwhile. The looks become what
// is written down of them.
func (b *Books) Look(asked time.Time, looks ...LookRecord) error {
	claims := make([]claim, 0, 2*len(looks))
	for _, l := range looks {
		claims = append(claims, claim{ref: l.Ref}, claim{order: l.TopupID})
	}
	b.claim(claims...)
	defer b.unclaim(claims...)
	records := make([]Record, 0, len(looks))
	for i := range looks {
		l := &looks[i]
		s, _ := b.Row(l.Ref)
		if (l.By == "list" || s.State.Final()) && !isNews(&s, l) || outdated(&s, l, asked) || b.settlesNothing(&s, l) {
			continue
		}
		if l.Clear && !clears(&s, 0, 0) {
			l.Clear = false
		}
		records = append(records, Record{Look: l})
	}
	if len(records) == 0 {
		return nil
	}
	return b.write(records...)
}

// settlesNothing reports whether the look shows an order from which nothing new
// follows for the row: one that does not say whose it is, or the order of another
// row. If that other row is final, the two contradict each other for good, and
// settlesNothing makes the look a conflict.
func (b *Books) settlesNothing(s *RowStatus, l *LookRecord) bool {
	if l.Nameless {
		return s.TopupID != "" || s.is(held) && s.Evidence != nil && len(s.Evidence.Facts) > 0
	}
	if l.TopupID == s.TopupID {
		return false
	}
	owner, taken := b.owner(l.TopupID)
	if !taken || owner.Ref == l.Ref || !l.settles() {
		return false
	}
	if owner.State.Final() && s.State == Unknown {
		l.Conflict = takenText(l.TopupID, &owner)
		return false
	}
	return true
}

// claim is what only one goroutine at a time writes about: a row, or an order by the
// provider's id. Of two rows that are given the same order, the one that is written
// first has it.
type claim struct {
	ref   Ref
	order string
}

// Note writes down a note.
func (b *Books) Note(n NoteRecord) error { return b.write(Record{Note: &n}) }

// claim waits until no other goroutine writes about these, and makes others wait
// until unclaim is called. What a caller checks before it writes is therefore still
// true when it writes.
func (b *Books) claim(claims ...claim) {
	b.claims.Lock()
	for b.busy(claims) {
		if b.released == nil {
			b.released = make(chan struct{})
		}
		released := b.released
		b.claims.Unlock()
		<-released
		b.claims.Lock()
	}
	for _, c := range claims {
		if c != (claim{}) { // an answer without an order has nothing in common with another
			b.claimed[c] = struct{}{}
		}
	}
	b.claims.Unlock()
}

// busy reports whether one of these is claimed. The caller holds b.claims.
func (b *Books) busy(claims []claim) bool {
	for _, c := range claims {
		if _, claimed := b.claimed[c]; claimed {
			return true
		}
	}
	return false
}

// unclaim ends claims, and lets all who wait for one try again.
func (b *Books) unclaim(claims ...claim) {
	b.claims.Lock()
	defer b.claims.Unlock()
	for _, c := range claims {
		delete(b.claimed, c)
	}
	if b.released != nil {
		close(b.released)
		b.released = nil
	}
}

// write writes records to disk and then folds them into the ledger. After an
// error, which wraps journal.ErrFailed or ErrInvariant, nothing may be sent.
func (b *Books) write(records ...Record) error {
	rooms := &b.rooms
	if len(records) > fewRecords {
		rooms = &b.halls
	}
	m, ok := rooms.Get().(*room)
	if !ok {
		m = new(room)
	}
	defer func() { // the journal keeps a copy
		if rooms == &b.halls || cap(m.text) <= largestRoom {
			rooms.Put(m)
		}
	}()
	if err := b.encode(m, records); err != nil {
		return err
	}
	at := time.Now().UTC().Truncate(time.Millisecond) // the precision in which the journal keeps it
	if err := b.journal.Append(at, m.encoded...); err != nil {
		return err
	}
	for _, r := range records {
		if err := b.Fold(r, at); err != nil {
			return Errorf("%w: %w", ErrInvariant, err)
		}
	}
	return nil
}

// room is where records are encoded on their way to the journal. Hundreds of sends may
// wait for the disk, each with a room, so one for many records is kept apart from those
// for few, and one that a record has made large is not kept.
type room struct {
	text    []byte
	encoded [][]byte // parts of text
}

const (
	fewRecords  = 4
	largestRoom = 4 << 10 // in bytes
)

// encode encodes the records, if each may follow.
func (b *Books) encode(m *room, records []Record) error {
	m.text, m.encoded = m.text[:0], m.encoded[:0]
	for i, r := range records {
		if err := b.possible(r); err != nil {
			return Errorf("%w: %w", ErrInvariant, err)
		}
		start := len(m.text)
		var err error
		if m.text, err = r.encode(m.text); err != nil {
			return err
		}
		m.encoded = append(m.encoded, m.text[start:])
		if i == 1 { // nearly all are as long as each other
			m.text = slices.Grow(m.text, (len(records)-2)*(len(m.text)-start)*9/8)
		}
	}
	return nil
}

// possible checks that a record may follow, by applying it to a copy of its row.
func (b *Books) possible(r Record) error {
	ref := r.ref()
	if ref == "" {
		return nil
	}
	s, ok := b.Row(ref)
	if !ok {
		return Errorf("%w: ref %q is not in the batch", ErrRecord, ref)
	}
	return s.apply(r, time.Time{})
}

// rowChunk is how many rows of a batch share an fsync at most, and chunkBytes how
// many bytes of cells: wide rows must not outgrow a group of the journal, in which
// a character may take six bytes.
const (
	rowChunk   = 2500
	chunkBytes = 2 << 20
)

// Begin writes a batch down: what is about to be paid. Until it returns nil there
// is no batch, and nothing may be sent.
func (b *Books) Begin(head BatchRecord, rows []Row) error {
	seal := SealRecord{Rows: len(rows)}
	chunk, size := []Record{{Batch: &head}}, 0
	for i := range rows {
		r := &rows[i]
		if r.Valid() {
			seal.Valid++
			seal.Requested += r.Topup.Amount.Centimes()
			seal.Cost += r.Cost
		}
		chunk = append(chunk, Record{Row: r.record()})
		size += len(r.Cells.text)
		if len(chunk) < rowChunk && size < chunkBytes {
			continue
		}
		if err := b.write(chunk...); err != nil {
			return err
		}
		chunk, size = chunk[:0], 0
	}
	return b.write(append(chunk, Record{Sealed: &seal})...)
}

// record is the row as the journal keeps it.
func (r *Row) record() *RowRecord {
	m := r.remarks()
	return &RowRecord{Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Cells: r.Cells,
		Written: m.Written, Hidden: m.Hidden, Origin: m.Origin, Again: m.Again, Problems: m.Problems}
}

// Head returns the link of the last line of the journal that is on disk, and its
// number from 1. The link depends on all lines before it.
func (b *Books) Head() (link string, line uint64) { return b.journal.Head() }

// Close closes the journal. No other method may be running or be called after it.
func (b *Books) Close() error { return b.journal.Close() }
