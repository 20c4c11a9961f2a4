package batch

import (
	"fmt"
	"sync"
	"time"
)

// Ledger is what is known of every row of a batch: the fold of its records. It
// is changed by Fold and nothing else, live and on replay alike, so what a
// crash leaves behind is exactly what the next run knows. It may be read from
// many goroutines.
type Ledger struct {
	mu    sync.RWMutex
	batch BatchRecord
	draft *draft // a plan not sealed yet
	rows  []*Standing
	byRef map[Ref]*Standing
	byID  map[string]*Standing // by the provider's id, rows that are not final
	tally Tally
	notes []Note
	first time.Time
	last  time.Time
}

// draft is a plan whose rows are still arriving.
type draft struct {
	batch BatchRecord
	rows  []*Standing
}

// Standing is one row with all that is known of it. Money is zero until it is
// known to have moved.
type Standing struct {
	Row
	State    State
	Gone     bool // sent, and no longer in the corrected file
	Attempts int  // sends, each announced by an intent
	TopupID  string
	Charged  Centimes // what the provider deducted, given back or not
	Refunded Centimes // what it gave back
	Sent     time.Time
	Settled  time.Time // when the final state was learned
	Evidence *Evidence // what the provider said, where it said more than yes

	waiting   bool // the last intent has no answer in the books
	duplicate bool // the provider holds this ref already (money rule 4)
}

// Evidence is what the provider said of a row.
type Evidence struct {
	Code      string // error code, or the status word
	Message   string
	Offers    []Offer
	RequestID string
	Facts     []string // what contradicts the state: the books keep both
}

// Note is a NoteRecord with its time.
type Note struct {
	NoteRecord
	At time.Time
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
	return &Ledger{byRef: map[Ref]*Standing{}, byID: map[string]*Standing{}}
}

// Planned tells whether the ledger holds a sealed plan: whether there is a
// batch at all.
func (l *Ledger) Planned() bool {
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

// Span is when the first and the last record were written.
func (l *Ledger) Span() (first, last time.Time) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.first, l.last
}

// Each calls f for every row in the order of the file, rows that a corrected
// file no longer has at the end. f must not keep the Standing nor call the
// Ledger; it returns false to stop.
func (l *Ledger) Each(f func(*Standing) bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.rows {
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
	case r.Planned != nil:
		return l.seal(r.Planned)
	case r.Note != nil:
		l.notes = append(l.notes, Note{*r.Note, at})
		return nil
	}
	return l.change(r, at)
}

// change takes in a record about one row and keeps the tally in step.
func (l *Ledger) change(r Record, at time.Time) error {
	s, ok := l.byRef[r.ref()]
	if !ok {
		return fmt.Errorf("%w: ref %q is in no plan", ErrRecord, r.ref())
	}
	l.tally.count(s, -1)
	err := s.take(r, at)
	l.tally.count(s, +1)
	if s.TopupID != "" {
		if s.State.Final() {
			delete(l.byID, s.TopupID)
		} else {
			l.byID[s.TopupID] = s
		}
	}
	return err
}

// Row is what is known of ref, as of now.
func (l *Ledger) Row(ref Ref) (Standing, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.byRef[ref]
	if !ok {
		return Standing{}, false
	}
	return *s, true
}

// pointer is the row itself. Of it only what never changes after the plan was
// sealed (the Row in it) may be read without the lock.
func (l *Ledger) pointer(ref Ref) *Standing {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.byRef[ref]
}

// match finds the row that an order of the provider's books belongs to: by the
// provider's id, else by our ref, which the provider may write as
// API-<username>-<ref> (API page, POST /v3/mobile/send).
func (l *Ledger) match(o Sighting) (Standing, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s, ok := l.byID[o.ID]; ok && o.ID != "" {
		return *s, true
	}
	s, ok := l.byRef[Ref(o.Ref)]
	if n := len(slug(l.batch.Name)) + 1 + hashLength; !ok && len(o.Ref) > n && o.Ref[len(o.Ref)-n-1] == '-' {
		s, ok = l.byRef[Ref(o.Ref[len(o.Ref)-n:])]
	}
	if !ok {
		return Standing{}, false
	}
	return *s, true
}

// count adds or takes away one row.
func (t *Tally) count(s *Standing, sign int) {
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
	s := &Standing{State: Unsent, Row: Row{
		Number: r.Number, Cells: CellsOf(r.Cells...), Topup: r.Topup, Problems: r.Problems,
		Written: r.Written, Hidden: r.Hidden, Ref: r.Ref, Cost: r.Cost,
	}}
	if !s.Valid() {
		s.State = Invalid
	}
	l.draft.rows = append(l.draft.rows, s)
	return nil
}

// seal makes the draft the plan that holds. A row whose ref was in the plan
// before keeps what became of it; a row that was sent and is in the plan no
// longer stays in the books at their end; one that was never sent leaves them.
func (l *Ledger) seal(p *PlannedRecord) error {
	if l.draft == nil || len(l.draft.rows) != p.Rows {
		return fmt.Errorf("%w: a plan of %d rows is sealed that has another number", ErrRecord, p.Rows)
	}
	plan := make([]*Standing, 0, p.Rows)
	byRef := make(map[Ref]*Standing, p.Valid)
	for _, s := range l.draft.rows {
		if s.Ref != "" {
			if byRef[s.Ref] != nil {
				return fmt.Errorf("%w: ref %s stands for two rows", ErrRecord, s.Ref)
			}
			if before := l.byRef[s.Ref]; before != nil && before.Attempts > 0 {
				if before.Topup != s.Topup {
					return fmt.Errorf("%w: ref %s was sent for another top-up", ErrRecord, s.Ref)
				}
				before.Row, before.Gone = s.Row, false
				s = before
			}
			byRef[s.Ref] = s
		}
		plan = append(plan, s)
	}
	for _, s := range l.rows {
		if s.Attempts > 0 && byRef[s.Ref] == nil {
			s.Gone = true
			byRef[s.Ref] = s
			plan = append(plan, s)
		}
	}
	l.batch, l.rows, l.byRef, l.draft = l.draft.batch, plan, byRef, nil
	l.tally = Tally{}
	for _, s := range plan {
		l.tally.count(s, +1)
	}
	return nil
}

// take takes in a record about the row. One that cannot be true is an error and
// changes nothing.
func (s *Standing) take(r Record, at time.Time) error {
	switch {
	case r.Intent != nil:
		return s.intend(r.Intent, at)
	case r.Answer != nil:
		return s.answered(r.Answer, at)
	case r.Look != nil:
		return s.looked(r.Look, at)
	}
	return fmt.Errorf("%w: it is not about a row", ErrRecord)
}

// intend notes that the row is about to be sent. From here on nobody knows,
// until an answer says so.
func (s *Standing) intend(r *IntentRecord, at time.Time) error {
	if s.State != Unsent || r.Attempt != s.Attempts+1 {
		return fmt.Errorf("%w: attempt %d to send %s, which is %s after %d attempts",
			ErrRecord, r.Attempt, s.Ref, s.State, s.Attempts)
	}
	s.State, s.Attempts, s.waiting = Unknown, r.Attempt, true
	if s.Sent.IsZero() {
		s.Sent = at
	}
	return nil
}

// answered takes in the provider's answer to the last intent. Where a look was
// quicker than the answer, what it showed stands.
func (s *Standing) answered(r *AnswerRecord, at time.Time) error {
	if !s.waiting || r.Attempt != s.Attempts {
		return fmt.Errorf("%w: an answer to attempt %d of %s without its intent", ErrRecord, r.Attempt, s.Ref)
	}
	s.waiting = false
	if s.State != Unknown || s.TopupID != "" {
		return nil
	}
	if r.Result == Accepted {
		s.State, s.TopupID, s.Charged, s.Evidence = Pending, r.TopupID, s.Cost, nil
		return nil
	}
	s.Evidence = &Evidence{Code: r.Code, Message: r.Message, RequestID: r.RequestID}
	switch r.Result {
	case ClassRefused.String():
		s.State, s.Settled = Rejected, at
	case ClassUnreached.String(), ClassThrottled.String(), ClassNoBalance.String(), ClassDenied.String():
		s.State = Unsent
	case ClassDuplicate.String():
		s.duplicate = true
	}
	return nil // every other result leaves the row unknown (money rule 2)
}

// looked takes in what the provider's books showed.
func (s *Standing) looked(r *LookRecord, at time.Time) error {
	if s.Attempts == 0 {
		return fmt.Errorf("%w: a look at %s, which was never sent", ErrRecord, s.Ref)
	}
	settled := s.State.Final() || s.State == Conflict
	switch {
	case !r.Found && r.Clear && (settled || s.TopupID != "" || s.duplicate):
		return fmt.Errorf("%w: %s is cleared for sending though the provider has held it", ErrRecord, s.Ref)
	case !r.Found && r.Clear:
		s.State, s.waiting = Unsent, false
	case !r.Found && s.TopupID != "":
		s.fact("the provider no longer knew the order at " + at.Format(time.RFC3339))
	case !r.Found:
	case settled && StateOf(r.Status) != s.State:
		s.fact(fmt.Sprintf("the provider said %s at %s, when the row was %s already", r.Status, at.Format(time.RFC3339), s.State))
	case settled:
	case r.Conflict != "":
		s.State = Conflict
		s.Evidence = &Evidence{Code: r.Status, Message: r.Conflict, RequestID: r.RequestID}
	default:
		s.seen(r, at)
	}
	return nil
}

// seen takes over the state in which the provider shows the order.
func (s *Standing) seen(r *LookRecord, at time.Time) {
	s.State = StateOf(r.Status)
	if r.TopupID != "" {
		s.TopupID = r.TopupID
	}
	s.book(r.Charged)
	if s.State.Final() {
		s.Settled = at
	}
	e := Evidence{Message: r.Message, Offers: r.Offers}
	if s.Evidence != nil {
		e.Facts = s.Evidence.Facts
	}
	if s.State == Refunded || s.State == Unknown {
		e.Code, e.RequestID = r.Status, r.RequestID
	}
	s.Evidence = nil
	if e.Code != "" || e.Message != "" || len(e.Offers)+len(e.Facts) > 0 {
		s.Evidence = &e
	}
}

// book writes down what the provider deducted: what it says itself, else what
// the catalogue says. Once refunded it says 0, so the charge of before stands.
func (s *Standing) book(charged *Centimes) {
	switch {
	case charged != nil && *charged > 0:
		s.Charged = *charged
	case s.Charged == 0:
		s.Charged = s.Cost
	}
	s.Refunded = 0
	if s.State == Refunded {
		s.Refunded = s.Charged
	}
}

// fact keeps what contradicts the state beside it.
func (s *Standing) fact(text string) {
	e := Evidence{}
	if s.Evidence != nil {
		e = *s.Evidence
	}
	if len(e.Facts) < 20 { // a provider that flutters must not fill the memory
		e.Facts = append(e.Facts[:len(e.Facts):len(e.Facts)], text)
	}
	s.Evidence = &e
}

// Sent tells whether ref was ever announced for sending.
func (l *Ledger) Sent(ref Ref) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.byRef[ref]
	return ok && s.Attempts > 0
}
