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
	draft    *draft    // the rows of a batch, or of its corrected file, that are not sealed yet
	rows     *rowSet   // nil until rows were sealed
	row      RowStatus // the row that Fold is at
	made     texts     // the texts that Fold makes of packed rows
	tally    Tally
	notes    []Note
	doubtful []*RowStatus       // that were dropped though an attempt of theirs was lost; see Lineage
	heldBack map[Ref][]position // invalid rows, by the order that stands against them; nil: there are none
	resent   map[string]string  // origins of rows that left for another batch → its name
	versions []Version
	first    time.Time
	last     time.Time
	watcher  func(Change) // called for every change of a state, unless nil
}

// draft collects the rows of a batch, or of its corrected file, until they are
// sealed.
type draft struct {
	batch BatchRecord
	rows  *rowSet
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
	return &Ledger{}
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
// keep the RowStatus, which becomes the next row, and must not call the ledger.
func (l *Ledger) Each(f func(*RowStatus) bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	l.rows.each(f)
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
		l.draft = &draft{*r.Batch, newRowSet()}
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
	s := &l.row
	l.rows.fill(s, position, r.ref(), &l.made)
	from := s.State
	l.tally.count(s, -1)
	err := s.apply(l.withoutTaken(r, s), at)
	l.tally.count(s, +1)
	l.rows.update(position, s)
	if s.State == from {
		return err
	}
	l.tellHeldBack(s)
	if l.watcher != nil {
		l.watcher(Change{at, r.kind(), from, s})
	}
	return err
}

// withoutTaken returns the record as it counts for its row: an order that another row has
// already settles nothing (money rule 15). Such records are read and not refused, because
// a provider's mistake must not make the books unreadable.
func (l *Ledger) withoutTaken(r Record, s *RowStatus) Record {
	id := r.topupID()
	if id == s.TopupID {
		return r
	}
	owner, taken := l.rows.status(l.rows.order(id))
	if !taken {
		return r
	}
	text := takenText(id, &owner)
	if r.Answer != nil {
		a := *r.Answer
		a.Result, a.TopupID = ClassUnknown.String(), ""
		if !a.Unnamed {
			a.Result = ClassDuplicate.String() // it says all the same that the provider holds the ref
		}
		a.Message = text
		return Record{Answer: &a}
	}
	k := *r.Look
	k.Taken = text
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
	return l.rows.status(l.rows.order(id))
}

// Row returns what is known of the row with this ref.
func (l *Ledger) Row(ref Ref) (s RowStatus, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	at, ok := l.rows.position(ref)
	if ok {
		l.rows.fill(&s, at, ref, nil)
	}
	return s, ok
}

// at returns what is known of the row at a position.
func (l *Ledger) at(at position) RowStatus {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, _ := l.rows.status(at, true)
	return s
}

// phone returns the phone of the row at a position.
func (l *Ledger) phone(at position) Phone {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows.phone(at)
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
	at, ok := l.rows.position(Ref(o.Ref))
	if n := len(slug(l.batch.Name)) + 1 + hashLength; !ok && len(o.Ref) > n && o.Ref[len(o.Ref)-n-1] == '-' {
		at, ok = l.rows.position(Ref(o.Ref[len(o.Ref)-n:])) // API-<username>-<ref> (API page, POST /v3/mobile/send)
	}
	return l.rows.status(at, ok)
}

// draftRow adds a row to the draft.
func (l *Ledger) draftRow(r *RowRecord) error {
	if l.draft == nil {
		return Errorf("%w: row %d is in no batch", ErrRecord, r.Number)
	}
	if (r.Ref == "") != (len(r.Problems) > 0) {
		return Errorf("%w: row %d is neither valid nor invalid", ErrRecord, r.Number)
	}
	s := RowStatus{
		Row:   Row{Number: r.Number, Cells: r.Cells, Topup: r.Topup, Ref: r.Ref, Cost: r.Cost},
		State: Unsent, Version: uint16(len(l.versions) + 1),
	}
	if len(r.Problems) > 0 || r.Written != "" || r.Hidden || r.Origin != "" || r.Again != "" {
		s.Remarks = (&Remarks{Problems: r.Problems, Written: r.Written, Hidden: r.Hidden, Origin: r.Origin, Again: r.Again}).kept()
	}
	if !s.Valid() {
		s.State = Invalid
	}
	l.draft.rows.add(&s)
	return nil
}

// seal makes the rows of the draft the rows of the batch. A row whose ref was in
// the version before keeps its state. A row of that version which the draft no
// longer has moves to the end of the books if it was sent, and leaves them if not.
func (l *Ledger) seal(p *SealRecord, at time.Time) error {
	if l.draft == nil || int(l.draft.rows.length()) != p.Rows {
		return Errorf("%w: %d rows are sealed, and another number was written", ErrRecord, p.Rows)
	}
	v := Version{At: at, File: l.draft.batch.File, SHA256: l.draft.batch.SHA256, Rows: p.Rows}
	if err := l.carryOver(&v); err != nil {
		return err
	}
	l.keepGone(&v)
	l.versions = append(l.versions, v)
	l.batch, l.rows, l.draft = l.draft.batch, l.draft.rows, nil
	l.rows.indexOrders()
	l.tally = Tally{}
	l.heldBack = nil
	l.rows.each(func(s *RowStatus) bool {
		l.holdBack(s)
		l.tally.count(s, +1)
		return true
	})
	return nil
}

// carryOver gives the rows of the draft the states that they had in the version before.
func (l *Ledger) carryOver(v *Version) (err error) {
	rows := l.draft.rows
	rows.indexRefs(int(l.rows.length()))
	rows.each(func(s *RowStatus) bool {
		if !rows.indexRef(s.at, s.Ref) {
			err = Errorf("%w: ref %s stands for two rows", ErrRecord, s.Ref)
			return false
		}
		if s.Ref != "" {
			err = l.carryOverRow(v, s)
		}
		return err == nil
	})
	return err
}

// carryOverRow gives a row of the draft the state that it had in the version before.
func (l *Ledger) carryOverRow(v *Version, s *RowStatus) error {
	v.Valid++
	was, known := l.rows.status(l.rows.position(s.Ref))
	switch {
	case !known:
		v.New++
		return nil
	case was.Attempts == 0:
		s.Version = was.Version
		l.draft.rows.replace(s.at, s)
		return nil
	case was.State == Unsent: // surely not charged: it may be mended
	case was.Topup != s.Topup:
		return Errorf("%w: ref %s was sent for another top-up", ErrRecord, s.Ref)
	default: // what was sent keeps the price of its day
		s.Cost = was.Cost
	}
	was.Row, was.Gone = s.Row, false
	l.draft.rows.replace(s.at, &was)
	return nil
}

// keepGone keeps what is known of the rows that the draft no longer has.
func (l *Ledger) keepGone(v *Version) {
	rows := l.draft.rows
	l.rows.each(func(s *RowStatus) bool {
		_, here := rows.position(s.Ref)
		switch {
		case s.Ref == "" || here:
		case s.Attempts == 0 || s.State == Unsent:
			v.Dropped++
			if s.is(doubted) {
				l.doubtful = append(l.doubtful, s.kept())
			}
		default:
			if !s.Gone {
				v.Gone++
			}
			s.Gone = true
			rows.add(s)
			rows.indexRef(rows.length()-1, s.Ref)
		}
		return true
	})
}

// Sent reports whether the books hold an intent to send ref.
func (l *Ledger) Sent(ref Ref) bool {
	s, ok := l.Row(ref)
	return ok && s.Attempts > 0
}
