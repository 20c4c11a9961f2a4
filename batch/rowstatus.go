package batch

import (
	"strings"
	"time"
)

// RowStatus is a row with everything that is known of it. Charged and Refunded are
// zero until the provider is known to have moved the money.
type RowStatus struct {
	Row
	at       position // where it is in the books
	State    State
	Gone     bool // it was sent, and the corrected file no longer has it
	flags    rowFlags
	Version  uint16   // the version of the file that brought the row, from 1
	Attempts int      // how many intents to send it were written
	TopupID  string   // the provider's id of the order, if it is known
	Charged  Centimes // what the provider deducted, whether refunded or not
	Refunded Centimes // what the provider refunded
	sent     moment
	tried    moment
	settled  moment
	earlier  moment
	Evidence *Evidence // what the provider said about a row that did not simply succeed; else nil
}

// rowFlags is a set of further facts about a row. They are bits because there may
// be a million rows.
type rowFlags uint8

const (
	awaiting rowFlags = 1 << iota // the last intent has no answer in the books
	held                          // the provider has said that it holds this ref (money rule 4)
	doubted                       // the outcome of an earlier attempt was never learned
	missing                       // it is a conflict because the provider never showed the order that it holds
	refused                       // the last attempt was refused, and the ref must be checked before that is believed (money rule 16)
)

// is reports whether a flag is set.
func (s *RowStatus) is(f rowFlags) bool { return s.flags&f != 0 }

// set sets or clears a flag.
func (s *RowStatus) set(f rowFlags, on bool) {
	s.flags &^= f
	if on {
		s.flags |= f
	}
}

// Sent returns when the row was first sent, or the zero time if it was not.
func (s *RowStatus) Sent() time.Time { return s.sent.time() }

// Earlier returns when an earlier run paid the row, whose books are lost, or the
// zero time if this batch sent it (money rule 19).
func (s *RowStatus) Earlier() time.Time { return s.earlier.time() }

// Missing reports whether the row is a conflict because the provider has not shown
// the order that it said it holds.
func (s *RowStatus) Missing() bool { return s.is(missing) }

// Tried returns when the row was last sent, or the zero time if it was not.
func (s *RowStatus) Tried() time.Time { return s.tried.time() }

// mayHaveReached reports whether an attempt to send the row may have topped the
// phone up.
func (s *RowStatus) mayHaveReached() bool {
	return s.Attempts > 0 && s.State != Unsent && s.State != Rejected
}

// Settled returns when the final state was learned, or the zero time if there is
// none.
func (s *RowStatus) Settled() time.Time { return s.settled.time() }

// moment is a time in milliseconds since 1970, the precision of the journal; 0
// means never. It takes a third of the room of a time.Time.
type moment int64

func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Evidence is what the provider said about a row.
type Evidence struct {
	Code      string // the error code or the status word
	Message   Message
	Offers    []Offer
	RequestID string
	Facts     []Message // statements that contradict the state, which the books keep beside it
}

// apply applies a record about the row. A record that contradicts what is known
// is an error and changes nothing.
func (s *RowStatus) apply(r Record, at time.Time) error {
	switch {
	case r.Intent != nil:
		return s.applyIntent(r.Intent, at)
	case r.Answer != nil:
		return s.applyAnswer(r.Answer, at)
	case r.Look != nil:
		return s.applyLook(r.Look, at)
	}
	return Errorf("%w: it is not about a row", ErrRecord)
}

// applyIntent notes that the row is about to be sent. Its state is unknown until
// an answer or a look tells it.
func (s *RowStatus) applyIntent(r *IntentRecord, at time.Time) error {
	if s.State != Unsent || r.Attempt != s.Attempts+1 {
		return Errorf("%w: attempt %d to send %s, which is %s after %d attempts",
			ErrRecord, r.Attempt, s.Ref, s.State, s.Attempts)
	}
	s.State, s.Attempts = Unknown, r.Attempt
	s.set(awaiting, true)
	s.tried = moment(at.UnixMilli())
	if s.sent == 0 {
		s.sent = s.tried
	}
	return nil
}

// applyAnswer applies the provider's answer to the last intent. If a look has
// shown the order before the answer was written, the state from the look stays.
func (s *RowStatus) applyAnswer(r *AnswerRecord, at time.Time) error {
	if !s.is(awaiting) || r.Attempt != s.Attempts {
		return Errorf("%w: an answer to attempt %d of %s without its intent", ErrRecord, r.Attempt, s.Ref)
	}
	s.set(awaiting, false)
	if s.State != Unknown || s.TopupID != "" {
		return nil
	}
	if r.Result == Accepted {
		s.State, s.TopupID, s.Charged, s.Evidence = Pending, r.TopupID, s.Cost, nil
		s.set(held, !r.Unnamed)
		return nil
	}
	s.Evidence = newEvidence(r.Code, r.Message, r.RequestID)
	switch r.Result {
	case ClassRefused.String():
		if s.is(doubted) {
			s.set(refused, true)
		} else {
			s.settle(Rejected, at)
		}
	case ClassUnreached.String(), ClassThrottled.String(), ClassNoBalance.String(), ClassDenied.String():
		s.State = Unsent
	case ClassDuplicate.String():
		s.set(held, true)
	}
	return nil // after any other result the row stays unknown (money rule 2)
}

// applyLook applies what a look showed.
func (s *RowStatus) applyLook(r *LookRecord, at time.Time) error {
	if s.Attempts == 0 && (!r.Found || r.Earlier == nil) {
		return Errorf("%w: a look at %s, which was never sent", ErrRecord, s.Ref)
	}
	if r.Foreign.IsZero() && r.Taken.IsZero() && !r.Nameless {
		s.adopt(r)
	}
	settled := s.State.Final() || s.State == Conflict && !s.is(missing)
	switch {
	case !r.Found && r.Clear && (settled || s.TopupID != "" || s.is(held)):
		return Errorf("%w: %s is cleared for sending though the provider has held it", ErrRecord, s.Ref)
	case !r.Found && r.Clear:
		s.clear(at)
	case !r.Found && !r.Conflict.IsZero():
		s.miss(r.Conflict)
	case !r.Found && s.is(missing):
	case !r.Found && s.TopupID != "":
		s.addFact(Msg("the provider no longer knew the order at %s", at))
	case !r.Found:
	case !r.Foreign.IsZero():
		s.giveUpOrder(r)
	case r.Conflict.IsZero() && !r.Taken.IsZero():
		s.addFact(r.Taken)
	case r.Nameless:
		s.set(held, true)
		s.addFact(Msg("the provider showed an order without saying whose it is"))
	case settled && StateOf(r.Status) != s.State:
		s.addFact(Msg("the provider said %s at %s, when the row was %s already", strings.Clone(r.Status), at, s.State))
	case settled:
	case !r.Conflict.IsZero():
		s.State = Conflict
		s.set(missing, false)
		s.Evidence = newEvidence(r.Status, r.Conflict, r.RequestID)
	default:
		s.applyOrder(r, at)
	}
	return nil
}

// adopt notes that an earlier run, whose books are lost, sent the row. From here on
// the row is like any other that was sent.
func (s *RowStatus) adopt(r *LookRecord) {
	if r.Earlier == nil {
		return
	}
	s.earlier = moment(r.Earlier.UnixMilli())
	if s.Attempts == 0 {
		s.Attempts, s.sent = 1, s.earlier
	}
}

// miss applies that the provider has not shown for a day the order that it said it
// holds. A person decides what becomes of the row, unless the order turns up.
func (s *RowStatus) miss(text Message) {
	if !s.State.Open() {
		return
	}
	code, request := "", ""
	var facts []Message
	if e := s.Evidence; e != nil {
		code, request, facts = e.Code, e.RequestID, e.Facts
	}
	s.State = Conflict
	s.set(missing, true)
	s.Evidence = newEvidence(code, text, request)
	s.Evidence.Facts = facts
}

// clear applies that a check after the grace period found no order. A refusal
// that waited for this check is believed now; any other row may be sent again.
func (s *RowStatus) clear(at time.Time) {
	s.set(awaiting, false)
	if s.is(refused) {
		s.set(refused, false)
		s.settle(Rejected, at)
		return
	}
	s.State = Unsent
	s.set(doubted, true)
}

// giveUpOrder applies that an order is not the row's, although the row has its id.
// From then on only the row's ref can tell what became of it.
func (s *RowStatus) giveUpOrder(r *LookRecord) {
	s.addFact(r.Foreign)
	if s.State.Open() && s.TopupID == r.TopupID {
		s.State, s.TopupID, s.Charged = Unknown, "", 0
	}
}

// settle makes a state the row's final one.
func (s *RowStatus) settle(state State, at time.Time) {
	s.State, s.settled = state, moment(at.UnixMilli())
}

// applyOrder takes the state of the provider's order over, with charge and
// evidence.
func (s *RowStatus) applyOrder(r *LookRecord, at time.Time) {
	s.State = StateOf(r.Status)
	s.set(missing, false)
	if r.TopupID != "" {
		s.TopupID = r.TopupID
	}
	s.bookCharge(r.Charged)
	if s.State.Final() {
		s.settled = moment(at.UnixMilli())
	}
	var facts []Message
	if s.Evidence != nil {
		facts = s.Evidence.Facts
	}
	code, request := "", ""
	if s.State == Refunded || s.State == Unknown {
		code, request = r.Status, r.RequestID
	}
	s.Evidence = nil
	if code != "" || r.Message != "" || len(r.Offers)+len(facts) > 0 {
		s.Evidence = newEvidence(code, Literal(r.Message), request)
		s.Evidence.Offers, s.Evidence.Facts = r.Offers, facts
	}
}

// newEvidence returns evidence with copies of the texts, because the texts of a
// decoded record share memory with many others.
func newEvidence(code string, message Message, requestID string) *Evidence {
	return &Evidence{Code: strings.Clone(code), Message: message.kept(), RequestID: strings.Clone(requestID)}
}

// bookCharge notes what the provider deducted: the amount that it reports, or else
// the cost by the catalogue. After a refund the provider reports 0; then the
// amount noted before stays.
func (s *RowStatus) bookCharge(charged *Centimes) {
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

// addFact notes a statement that contradicts the state.
func (s *RowStatus) addFact(text Message) {
	e := Evidence{}
	if s.Evidence != nil {
		e = *s.Evidence
	}
	if len(e.Facts) < 20 { // a provider that keeps changing its mind must not fill the memory
		e.Facts = append(e.Facts[:len(e.Facts):len(e.Facts)], text.kept())
	}
	s.Evidence = &e
}
