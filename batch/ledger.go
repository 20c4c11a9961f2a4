package batch

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Ledger holds what is known of every row of a batch. It is the fold of the
// batch's records: only Fold changes it, both while a batch runs and when its
// journal is replayed. A run therefore knows after a crash exactly what was on
// disk. The methods may be called from many goroutines.
type Ledger struct {
	mu       sync.RWMutex
	batch    BatchRecord
	draft    *draft     // the rows of a batch, or of its corrected file, that are not sealed yet
	rows     *rowSet    // nil until rows were sealed
	orders   orderIndex // finds the row that has an order
	ids      texts
	tally    Tally
	notes    []Note
	doubtful []*RowStatus         // that were dropped though an attempt of theirs was lost; see Lineage
	heldBack map[Ref][]*RowStatus // invalid rows, by the order that stands against them; nil: there are none
	resent   map[string]string    // origins of rows that left for another batch → its name
	versions []Version
	first    time.Time
	last     time.Time
	watcher  func(Change) // called for every change of a state, unless nil
}

// draft collects the rows of a batch, or of its corrected file, until they are
// sealed.
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

// Version is a version of the file whose rows were sealed: the first file, or a
// corrected one.
type Version struct {
	At      time.Time
	File    string // base name of the file
	SHA256  string // of the file's bytes, in hex
	Rows    int
	Valid   int
	New     int // valid rows that the version before did not have
	Gone    int // rows of the version before that were sent and are no longer in the file
	Dropped int // the same, surely not charged: they have left the books
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{orders: newOrderIndex()}
}

// Sealed reports whether the ledger holds a batch: whether rows were sealed.
func (l *Ledger) Sealed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows != nil
}

// Batch returns the BatchRecord of the last version.
func (l *Ledger) Batch() BatchRecord {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.batch
}

// Tally returns the present counts.
func (l *Ledger) Tally() Tally {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.tally
}

// Notes returns the notes, oldest first.
func (l *Ledger) Notes() []Note {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.notes[:len(l.notes):len(l.notes)]
}

// Ceiling returns how many calls a minute the provider allows, as last found by a
// search (Engine.Auto). It returns 0 if no search has found it.
func (l *Ledger) Ceiling() float64 {
	for _, n := range slices.Backward(l.Notes()) {
		if n.What == NoteCeiling {
			return n.Ceiling
		}
	}
	return 0
}

// Versions returns the versions of the file, oldest first.
func (l *Ledger) Versions() []Version {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.versions[:len(l.versions):len(l.versions)]
}

// Span returns when the first and the last record were written.
func (l *Ledger) Span() (first, last time.Time) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.first, l.last
}

// Each calls f for every row until f returns false. The rows come in the order of
// the file, followed by sent rows that a corrected file no longer has. f must not
// keep the RowStatus and must not call the ledger.
func (l *Ledger) Each(f func(*RowStatus) bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.rows.each() {
		if !f(s) {
			return
		}
	}
}

// Fold applies a record that was written at the given time. A record that
// contradicts the ledger, such as an intent for a row that is final, is an error
// that wraps ErrRecord and changes no row.
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
		l.note(Note{*r.Note, at})
		return nil
	}
	return l.foldRow(r, at)
}

// note takes in a note.
func (l *Ledger) note(n Note) {
	if r := n.Resent; r != nil {
		if l.resent == nil {
			l.resent = map[string]string{}
		}
		for _, origin := range r.Origins {
			l.resent[origin] = r.Batch
		}
	}
	l.notes = append(l.notes, n)
}

// foldRow applies a record about one row and updates the tally and the index of
// orders.
func (l *Ledger) foldRow(r Record, at time.Time) error {
	position, ok := l.rows.position(r.ref())
	if !ok {
		return Errorf("%w: ref %q is not in the batch", ErrRecord, r.ref())
	}
	s := l.rows.all[position]
	from, id := s.State, s.TopupID
	l.tally.count(s, -1)
	err := s.apply(l.withoutTaken(r), at)
	l.tally.count(s, +1)
	if s.TopupID == id {
		s.TopupID = id
	} else {
		s.TopupID = l.ids.keep(s.TopupID)
		l.orders.move(position, id, s.TopupID)
	}
	if s.State != from {
		l.tellHeldBack(s)
	}
	if l.watcher != nil && s.State != from {
		l.watcher(Change{at, r.kind(), from, s})
	}
	return err
}

// withoutTaken returns the record as it counts for its row: an order that another
// row has already settles nothing (money rule 15). Such records are read and not
// refused, because a provider's mistake must not make the books unreadable.
func (l *Ledger) withoutTaken(r Record) Record {
	id := r.topupID()
	owner := l.orders.find(l.rows, id)
	switch {
	case owner == nil || owner.Ref == r.ref():
		return r
	case r.Answer != nil:
		a := *r.Answer
		a.Result, a.TopupID = ClassUnknown.String(), ""
		if !a.Unnamed {
			a.Result = ClassDuplicate.String() // it says all the same that the provider holds the ref
		}
		a.Message = takenText(id, owner)
		return Record{Answer: &a}
	}
	k := *r.Look
	k.Taken = takenText(id, owner)
	return Record{Look: &k}
}

// takenText says that the provider gave a row the order of another.
func takenText(id string, owner *RowStatus) Message {
	return Msg("the provider gave this row order %s, which belongs to row %d", strings.Clone(id), owner.Number)
}

// owner returns the row that has the provider's order of this id.
func (l *Ledger) owner(id string) (RowStatus, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s := l.orders.find(l.rows, id); s != nil {
		return *s, true
	}
	return RowStatus{}, false
}

// Row returns what is known of the row with this ref.
func (l *Ledger) Row(ref Ref) (RowStatus, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.rows.find(ref)
	if s == nil {
		return RowStatus{}, false
	}
	return *s, true
}

// pointer returns the row itself and not a copy. Without the lock only its Row may
// be read, which does not change while a batch runs.
func (l *Ledger) pointer(ref Ref) *RowStatus {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows.find(ref)
}

// match finds the row that an order at the provider belongs to: the row whose ref
// it names or, if it names none, the row that has its id. A ref outweighs an id
// (money rule 15).
func (l *Ledger) match(o RemoteOrder) (RowStatus, bool) {
	if o.Ref == "" {
		return l.owner(o.ID)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.rows.find(Ref(o.Ref))
	if n := len(slug(l.batch.Name)) + 1 + hashLength; s == nil && len(o.Ref) > n && o.Ref[len(o.Ref)-n-1] == '-' {
		s = l.rows.find(Ref(o.Ref[len(o.Ref)-n:])) // API-<username>-<ref> (API page, POST /v3/mobile/send)
	}
	if s == nil {
		return RowStatus{}, false
	}
	return *s, true
}

// draftRow adds a row to the draft.
func (l *Ledger) draftRow(r *RowRecord) error {
	if l.draft == nil {
		return Errorf("%w: row %d is in no batch", ErrRecord, r.Number)
	}
	if (r.Ref == "") != (len(r.Problems) > 0) {
		return Errorf("%w: row %d is neither valid nor invalid", ErrRecord, r.Number)
	}
	s := l.draft.pool.take()
	s.State, s.Row = Unsent, Row{Number: r.Number, Cells: r.Cells, Topup: r.Topup, Ref: r.Ref, Cost: r.Cost}
	if len(r.Problems) > 0 || r.Written != "" || r.Hidden || r.Origin != "" || r.Again != "" {
		s.Remarks = &Remarks{Problems: r.Problems, Written: r.Written, Hidden: r.Hidden, Origin: r.Origin, Again: r.Again}
	}
	if !s.Valid() {
		s.State = Invalid
	}
	l.draft.rows = append(l.draft.rows, s)
	return nil
}

// seal makes the rows of the draft the rows of the batch. A row whose ref was in
// the version before keeps its state. A row of that version which the draft no
// longer has moves to the end of the books if it was sent, and leaves them if not.
func (l *Ledger) seal(p *SealRecord, at time.Time) error {
	if l.draft == nil || len(l.draft.rows) != p.Rows {
		return Errorf("%w: %d rows are sealed, and another number was written", ErrRecord, p.Rows)
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
			case was.State == Unsent: // surely not charged: it may be mended
				was.Row, was.Gone = s.Row, false
				s = was
			case was.Topup != s.Topup:
				return Errorf("%w: ref %s was sent for another top-up", ErrRecord, s.Ref)
			default: // what was sent keeps the price of its day
				s.Cost = was.Cost
				was.Row, was.Gone = s.Row, false
				s = was
			}
			v.Valid++
		}
		if !rows.add(s) {
			return Errorf("%w: ref %s stands for two rows", ErrRecord, s.Ref)
		}
	}
	for _, s := range before {
		switch {
		case s.Ref == "" || rows.find(s.Ref) != nil:
		case s.Attempts == 0 || s.State == Unsent:
			v.Dropped++
			if s.is(doubted) {
				l.doubtful = append(l.doubtful, s)
			}
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
	l.orders = newOrderIndex()
	l.heldBack = nil
	for i, s := range rows.each() {
		l.holdBack(s)
		l.tally.count(s, +1)
		l.orders.move(uint32(i), "", s.TopupID)
	}
	return nil
}

// Sent reports whether the books hold an intent to send ref.
func (l *Ledger) Sent(ref Ref) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.rows.find(ref)
	return s != nil && s.Attempts > 0
}
