package batch

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Ledger is what is known of every row of a batch: the fold of its records. It
// is changed by Fold and nothing else, live and on replay alike, so what a
// crash leaves behind is exactly what the next run knows. It may be read from
// many goroutines.
type Ledger struct {
	mu       sync.RWMutex
	batch    BatchRecord
	draft    *draft                // a plan not sealed yet
	rows     *rowSet               // nil: there is no plan
	byID     map[string]*RowStatus // by the provider's id, rows that are not final; nil: nobody has asked yet
	ids      texts
	tally    Tally
	notes    []Note
	versions []Version
	first    time.Time
	last     time.Time
	watcher  func(Change) // nil: nobody watches
}

// draft is a plan whose rows are still arriving.
type draft struct {
	batch BatchRecord
	rows  []*RowStatus
	pool  chunked[RowStatus]
}

// Note is a NoteRecord with its time.
type Note struct {
	NoteRecord
	At time.Time
}

// Version is a plan that was sealed: the first, or that of a corrected file.
type Version struct {
	At      time.Time
	File    string // base name of the input
	SHA256  string // of its bytes, hex
	Rows    int
	Valid   int
	New     int // valid rows that the plan before did not have
	Gone    int // rows of the plan before that were sent, and that it has no longer
	Dropped int // the same, never sent: they have left the books
}

// Tally counts a batch.
type Tally struct {
	Total     int // rows in the books
	States    [len(stateNames)]int
	Requested Centimes // face value of the valid rows
	Cost      Centimes // of the valid rows, by the catalogue
	Charged   Centimes // deducted by the provider, given back or not
	Refunded  Centimes // given back
}

// Of is how many rows stand in s.
func (t Tally) Of(s State) int { return t.States[s] }

// Valid is how many rows broke no rule.
func (t Tally) Valid() int { return t.Total - t.Of(Invalid) }

// Open is how many outcomes the provider still owes.
func (t Tally) Open() int { return t.Of(Unknown) + t.Of(Pending) }

// NewLedger is a ledger in which nothing has happened.
func NewLedger() *Ledger {
	return &Ledger{}
}

// Sealed tells whether the ledger holds a sealed plan: whether there is a
// batch at all.
func (l *Ledger) Sealed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows != nil
}

// Batch is what the last sealed plan said of itself.
func (l *Ledger) Batch() BatchRecord {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.batch
}

// Tally is the count as of now.
func (l *Ledger) Tally() Tally {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tally
}

// Notes lists what was noted, oldest first.
func (l *Ledger) Notes() []Note {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.notes[:len(l.notes):len(l.notes)]
}

// Ceiling is how many calls a minute the provider was last found to let through;
// 0: nobody has looked for it.
func (l *Ledger) Ceiling() float64 {
	for _, n := range slices.Backward(l.Notes()) {
		if n.What == NoteCeiling {
			return n.Ceiling
		}
	}
	return 0
}

// Versions lists the plans, oldest first.
func (l *Ledger) Versions() []Version {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.versions[:len(l.versions):len(l.versions)]
}

// Span is when the first and the last record were written.
func (l *Ledger) Span() (first, last time.Time) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.first, l.last
}

// Each calls f for every row in the order of the file, rows that a corrected
// file no longer has at the end. f must not keep the RowStatus nor call the
// Ledger; it returns false to stop.
func (l *Ledger) Each(f func(*RowStatus) bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.rows.each() {
		if !f(s) {
			return
		}
	}
}

// Fold takes one record into what is known; at is when it was written. A record
// that cannot be true, such as an intent for a row that is final, is an error
// that wraps ErrRecord, and changes nothing.
func (l *Ledger) Fold(r Record, at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first.IsZero() {
		l.first = at
	}
	l.last = at
	switch {
	case r.Batch != nil:
		l.draft = &draft{batch: *r.Batch}
		return nil
	case r.Row != nil:
		return l.draftRow(r.Row)
	case r.Sealed != nil:
		return l.seal(r.Sealed, at)
	case r.Note != nil:
		l.notes = append(l.notes, Note{*r.Note, at})
		return nil
	}
	return l.foldRow(r, at)
}

// foldRow takes in a record about one row and keeps the tally in step.
func (l *Ledger) foldRow(r Record, at time.Time) error {
	s := l.rows.find(r.ref())
	if s == nil {
		return fmt.Errorf("%w: ref %q is in no plan", ErrRecord, r.ref())
	}
	from, id := s.State, s.TopupID
	l.tally.count(s, -1)
	err := s.apply(r, at)
	l.tally.count(s, +1)
	if s.TopupID == id {
		s.TopupID = id
	} else {
		s.TopupID = l.ids.keep(s.TopupID)
	}
	if l.watcher != nil && s.State != from {
		l.watcher(Change{at, r.kind(), from, s})
	}
	if l.byID != nil {
		l.index(s)
	}
	return err
}

// index keeps byID in step with a row.
func (l *Ledger) index(s *RowStatus) {
	switch {
	case s.TopupID == "":
	case s.State.Final():
		delete(l.byID, s.TopupID)
	default:
		l.byID[s.TopupID] = s
	}
}

// Row is what is known of ref, as of now.
func (l *Ledger) Row(ref Ref) (RowStatus, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.rows.find(ref)
	if s == nil {
		return RowStatus{}, false
	}
	return *s, true
}

// pointer is the row itself. Of it only what never changes after the plan was
// sealed (the Row in it) may be read without the lock.
func (l *Ledger) pointer(ref Ref) *RowStatus {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows.find(ref)
}

// match finds the row that an order of the provider's books belongs to: by the
// provider's id, else by our ref, which the provider may write as
// API-<username>-<ref> (API page, POST /v3/mobile/send).
func (l *Ledger) match(o RemoteOrder) (RowStatus, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string]*RowStatus{}
		for _, s := range l.rows.each() {
			l.index(s)
		}
	}
	if s, ok := l.byID[o.ID]; ok && o.ID != "" {
		return *s, true
	}
	s := l.rows.find(Ref(o.Ref))
	if n := len(slug(l.batch.Name)) + 1 + hashLength; s == nil && len(o.Ref) > n && o.Ref[len(o.Ref)-n-1] == '-' {
		s = l.rows.find(Ref(o.Ref[len(o.Ref)-n:]))
	}
	if s == nil {
		return RowStatus{}, false
	}
	return *s, true
}

// count adds or takes away one row.
func (t *Tally) count(s *RowStatus, sign int) {
	n := Centimes(sign)
	t.Total += sign
	t.States[s.State] += sign
	t.Charged += n * s.Charged
	t.Refunded += n * s.Refunded
	if s.State != Invalid {
		t.Requested += n * s.Topup.Amount.Centimes()
		t.Cost += n * s.Cost
	}
}

// draftRow adds a row to the plan that is being written down.
func (l *Ledger) draftRow(r *RowRecord) error {
	if l.draft == nil {
		return fmt.Errorf("%w: row %d is in no plan", ErrRecord, r.Number)
	}
	if (r.Ref == "") != (len(r.Problems) > 0) {
		return fmt.Errorf("%w: row %d is neither valid nor invalid", ErrRecord, r.Number)
	}
	s := l.draft.pool.take()
	s.State, s.Row = Unsent, Row{Number: r.Number, Cells: r.Cells, Topup: r.Topup, Ref: r.Ref, Cost: r.Cost}
	if len(r.Problems) > 0 || r.Written != "" || r.Hidden {
		s.Remarks = &Remarks{Problems: r.Problems, Written: r.Written, Hidden: r.Hidden}
	}
	if !s.Valid() {
		s.State = Invalid
	}
	l.draft.rows = append(l.draft.rows, s)
	return nil
}

// seal makes the draft the plan that holds. A row whose ref was in the plan
// before keeps what became of it; a row that was sent and is in the plan no
// longer stays in the books at their end; one that was never sent leaves them.
func (l *Ledger) seal(p *SealRecord, at time.Time) error {
	if l.draft == nil || len(l.draft.rows) != p.Rows {
		return fmt.Errorf("%w: a plan of %d rows is sealed that has another number", ErrRecord, p.Rows)
	}
	v := Version{At: at, File: l.draft.batch.File, SHA256: l.draft.batch.SHA256, Rows: p.Rows}
	before := l.rows.each()
	rows := newRowSet(p.Rows + len(before))
	for _, s := range l.draft.rows {
		s.Version = uint16(len(l.versions) + 1)
		if s.Ref != "" {
			was := l.rows.find(s.Ref)
			switch {
			case was == nil:
				v.New++
			case was.Attempts == 0:
				s.Version = was.Version
			case was.Topup != s.Topup:
				return fmt.Errorf("%w: ref %s was sent for another top-up", ErrRecord, s.Ref)
			default:
				was.Row, was.Gone = s.Row, false
				s = was
			}
			v.Valid++
		}
		if !rows.add(s) {
			return fmt.Errorf("%w: ref %s stands for two rows", ErrRecord, s.Ref)
		}
	}
	for _, s := range before {
		switch {
		case s.Ref == "" || rows.find(s.Ref) != nil:
		case s.Attempts == 0:
			v.Dropped++
		default:
			if !s.Gone {
				v.Gone++
			}
			s.Gone = true
			rows.add(s)
		}
	}
	l.versions = append(l.versions, v)
	l.batch, l.rows, l.draft = l.draft.batch, rows, nil
	l.tally = Tally{}
	for _, s := range rows.each() {
		l.tally.count(s, +1)
	}
	return nil
}

// Sent tells whether ref was ever announced for sending.
func (l *Ledger) Sent(ref Ref) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.rows.find(ref)
	return s != nil && s.Attempts > 0
}
