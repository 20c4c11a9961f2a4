package batch_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"flexybatch/batch"
	"flexybatch/journal"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// oneRow is a ledger with a single row, r.
type oneRow struct {
	*batch.Ledger
	t interface{ Fatalf(string, ...any) }
	n int
}

const r = batch.Ref("october-r")

func newStory(t interface{ Fatalf(string, ...any) }) *oneRow {
	s := &oneRow{batch.NewLedger(), t, 0}
	s.tell(batch.Record{Batch: &batch.BatchRecord{Name: "october"}})
	s.tell(batch.Record{Row: &batch.RowRecord{Number: 2, Ref: r, Topup: batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500}, Cost: 48000}})
	s.tell(batch.Record{Sealed: &batch.SealRecord{Rows: 1, Valid: 1}})
	return s
}

func (s *oneRow) tell(rec batch.Record) {
	if err := s.try(rec); err != nil {
		s.t.Fatalf("record %+v: %v", rec, err)
	}
}

func (s *oneRow) try(rec batch.Record) error {
	s.n++
	return s.Fold(rec, noon.Add(time.Duration(s.n)*time.Second))
}

func (s *oneRow) row() batch.RowStatus {
	row, _ := s.Row(r)
	return row
}

func intent(n int) batch.Record {
	return batch.Record{Intent: &batch.IntentRecord{Ref: r, Attempt: n}}
}

func answer(n int, result string) batch.Record {
	a := &batch.AnswerRecord{Ref: r, Attempt: n, Result: result, Code: "CODE"}
	if result == batch.Accepted {
		a.TopupID = "id1"
	}
	return batch.Record{Answer: a}
}

func found(status string) batch.Record {
	return batch.Record{Look: &batch.LookRecord{Ref: r, By: "ref", Found: true, Status: status, TopupID: "id1"}}
}

func notFound(clear bool) batch.Record {
	return batch.Record{Look: &batch.LookRecord{Ref: r, By: "ref", Clear: clear}}
}

// Each case is a list of records and the state of the row after them.
func TestStories(t *testing.T) {
	for _, c := range []struct {
		name    string
		records []batch.Record
		want    batch.State
	}{
		{"begun", nil, batch.Unsent},
		{"intended", []batch.Record{intent(1)}, batch.Unknown},
		{"accepted", []batch.Record{intent(1), answer(1, "accepted")}, batch.Pending},
		{"refused", []batch.Record{intent(1), answer(1, "refused")}, batch.Rejected},
		{"lost", []batch.Record{intent(1), answer(1, "unknown")}, batch.Unknown},
		{"a word of a later version", []batch.Record{intent(1), answer(1, "teleported")}, batch.Unknown},
		{"never connected", []batch.Record{intent(1), answer(1, "unreached")}, batch.Unsent},
		{"429", []batch.Record{intent(1), answer(1, "throttled")}, batch.Unsent},
		{"no money", []batch.Record{intent(1), answer(1, "no_balance")}, batch.Unsent},
		{"bad key", []batch.Record{intent(1), answer(1, "denied")}, batch.Unsent},
		{"duplicate", []batch.Record{intent(1), answer(1, "duplicate")}, batch.Unknown},
		{"duplicate, ours", []batch.Record{intent(1), answer(1, "duplicate"), found("FULFILLED")}, batch.Fulfilled},
		{"lost and found", []batch.Record{intent(1), answer(1, "unknown"), found("HANDLING")}, batch.Pending},
		{"lost, not found too early", []batch.Record{intent(1), answer(1, "unknown"), notFound(false)}, batch.Unknown},
		{"lost and cleared", []batch.Record{intent(1), answer(1, "unknown"), notFound(true)}, batch.Unsent},
		{"crashed and cleared", []batch.Record{intent(1), notFound(true)}, batch.Unsent},
		{"cleared and sent again", []batch.Record{intent(1), notFound(true), intent(2), answer(2, "accepted")}, batch.Pending},
		{"cleared, then found late", []batch.Record{intent(1), notFound(true), found("PENDING")}, batch.Pending},
		{"refused after a lost attempt", []batch.Record{intent(1), answer(1, "unknown"), notFound(true), intent(2), answer(2, "refused")}, batch.Unknown},
		{"the same, checked too early", []batch.Record{intent(1), answer(1, "unknown"), notFound(true), intent(2), answer(2, "refused"), notFound(false)}, batch.Unknown},
		{"the same, checked", []batch.Record{intent(1), answer(1, "unknown"), notFound(true), intent(2), answer(2, "refused"), notFound(true)}, batch.Rejected},
		{"the same, found", []batch.Record{intent(1), notFound(true), intent(2), answer(2, "refused"), found("FULFILLED")}, batch.Fulfilled},
		{"lost again after a refusal that was not believed", []batch.Record{intent(1), notFound(true), intent(2), answer(2, "throttled"), intent(3), answer(3, "refused")}, batch.Unknown},
		{"seen before its answer", []batch.Record{intent(1), found("FULFILLED"), answer(1, "accepted")}, batch.Fulfilled},
		{"seen before a lost answer", []batch.Record{intent(1), found("PENDING"), answer(1, "unknown")}, batch.Pending},
		{"fulfilled", []batch.Record{intent(1), answer(1, "accepted"), found("FULFILLED")}, batch.Fulfilled},
		{"SUCCESS", []batch.Record{intent(1), answer(1, "accepted"), found("SUCCESS")}, batch.Fulfilled},
		{"refunded", []batch.Record{intent(1), answer(1, "accepted"), found("REFUNDED")}, batch.Refunded},
		{"unknown error", []batch.Record{intent(1), answer(1, "accepted"), found("UNKNOWN_ERROR")}, batch.Unknown},
		{"unknown word", []batch.Record{intent(1), answer(1, "accepted"), found("ON_HOLD")}, batch.Unknown},
		{"word with other case", []batch.Record{intent(1), answer(1, "accepted"), found("fulfilled")}, batch.Unknown},
		{"backwards", []batch.Record{intent(1), answer(1, "accepted"), found("HANDLING"), found("PENDING")}, batch.Pending},
		{"vanished", []batch.Record{intent(1), answer(1, "accepted"), notFound(false)}, batch.Pending},
		{"refunded after fulfilled", []batch.Record{intent(1), answer(1, "accepted"), found("FULFILLED"), found("REFUNDED")}, batch.Fulfilled},
		{"conflict", []batch.Record{intent(1), answer(1, "duplicate"), {Look: &batch.LookRecord{Ref: r, By: "ref", Found: true, Status: "FULFILLED", Conflict: batch.Literal("another phone")}}}, batch.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t)
			for _, rec := range c.records {
				s.tell(rec)
			}
			if got := s.row().State; got != c.want {
				t.Errorf("the row is %s, want %s", got, c.want)
			}
		})
	}
}

// A record that contradicts the ledger is refused and changes nothing.
func TestImpossibleStories(t *testing.T) {
	for _, c := range []struct {
		name    string
		records []batch.Record
		bad     batch.Record
	}{
		{"an answer without intent", nil, answer(1, "accepted")},
		{"two intents", []batch.Record{intent(1)}, intent(2)},
		{"a resend without a check", []batch.Record{intent(1), answer(1, "unknown")}, intent(2)},
		{"a resend after a check too early", []batch.Record{intent(1), answer(1, "unknown"), notFound(false)}, intent(2)},
		{"a resend of what was accepted", []batch.Record{intent(1), answer(1, "accepted")}, intent(2)},
		{"a resend of what was refused", []batch.Record{intent(1), answer(1, "refused")}, intent(2)},
		{"a resend of what was refused after a lost attempt", []batch.Record{intent(1), notFound(true), intent(2), answer(2, "refused")}, intent(3)},
		{"a resend of what was refused and checked", []batch.Record{intent(1), notFound(true), intent(2), answer(2, "refused"), notFound(true)}, intent(3)},
		{"a resend of UNKNOWN_ERROR", []batch.Record{intent(1), answer(1, "accepted"), found("UNKNOWN_ERROR")}, intent(2)},
		{"a clearance of what was accepted", []batch.Record{intent(1), answer(1, "accepted")}, notFound(true)},
		{"a clearance of a duplicate", []batch.Record{intent(1), answer(1, "duplicate")}, notFound(true)},
		{"a clearance of what is fulfilled", []batch.Record{intent(1), found("FULFILLED")}, notFound(true)},
		{"a skipped attempt", nil, intent(2)},
		{"a look at what was never sent", nil, found("FULFILLED")},
		{"a second answer", []batch.Record{intent(1), answer(1, "unknown")}, answer(1, "accepted")},
		{"a row that is in no batch", nil, batch.Record{Intent: &batch.IntentRecord{Ref: "october-x", Attempt: 1}}},
		{"nothing at all", nil, batch.Record{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t)
			for _, rec := range c.records {
				s.tell(rec)
			}
			before, tally := s.row(), s.Tally()
			if err := s.try(c.bad); !errors.Is(err, batch.ErrRecord) {
				t.Errorf("error %v, want ErrRecord", err)
			}
			if d := cmp.Diff(before, s.row(), cmpopts.IgnoreUnexported(batch.RowStatus{})); d != "" {
				t.Errorf("the row changed:\n%s", d)
			}
			if s.Tally() != tally {
				t.Errorf("the tally changed: %+v", s.Tally())
			}
		})
	}
}

// After any records, final states have not changed, the tally is the sum over the
// rows, and no more money was refunded than charged.
func TestAnyStory(t *testing.T) {
	results := []string{"accepted", "refused", "unknown", "unreached", "throttled", "duplicate", "no_balance", "denied"}
	words := []string{"PENDING", "HANDLING", "FULFILLED", "REFUNDED", "UNKNOWN_ERROR", "ODD"}
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(t)
		for range rapid.IntRange(0, 30).Draw(t, "records") {
			before := s.row()
			n := before.Attempts
			rec := rapid.SampledFrom([]batch.Record{
				intent(n + 1), answer(n, rapid.SampledFrom(results).Draw(t, "result")),
				found(rapid.SampledFrom(words).Draw(t, "word")), notFound(false), notFound(true),
			}).Draw(t, "record")
			err := s.try(rec)
			after := s.row()
			switch {
			case before.State.Final() && after.State != before.State:
				t.Fatalf("%s became %s", before.State, after.State)
			case err == nil && rec.Intent != nil && before.State != batch.Unsent:
				t.Fatalf("a %s row was sent", before.State)
			case before.TopupID != "" && after.State == batch.Unsent:
				t.Fatalf("an accepted row became unsent")
			case after.Refunded > after.Charged:
				t.Fatalf("%s refunded of %s", after.Refunded, after.Charged)
			}
			tally := s.Tally()
			if tally.Total != 1 || tally.Of(after.State) != 1 || tally.Charged != after.Charged || tally.Refunded != after.Refunded {
				t.Fatalf("the tally %+v is not the row %+v", tally, after)
			}
		}
	})
}

func TestRefundedAfterFulfilledKeepsBothFacts(t *testing.T) {
	s := newStory(t)
	for _, rec := range []batch.Record{intent(1), answer(1, "accepted"), found("FULFILLED"), found("REFUNDED")} {
		s.tell(rec)
	}
	row := s.row()
	if row.State != batch.Fulfilled || row.Evidence == nil || len(row.Evidence.Facts) != 1 {
		t.Fatalf("%+v %+v", row, row.Evidence)
	}
}

// Replaying a journal gives the ledger that wrote it, so a resumed run knows what
// the run before knew.
func TestReplayIsTheSameLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "october.journal")
	b, err := batch.OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	rows := makeRows(50)
	rows[3].AddProblem(batch.Problem{Code: batch.PhoneFormat, Field: "phone", Value: "x", Message: batch.Msg("mend it")})
	rows[4].Cells = batch.CellsOf("=1+1", "é\n\"'", "\u202bعربي", string(make([]byte, 300)), "")
	batch.Assign("october", rows, plans, batch.Limits{})
	if err := b.Begin(batch.BatchRecord{Name: "october", Header: []string{"a", "b", "c"}, Catalogue: plans, Options: map[string]string{"plan": "auto"}}, rows); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if !row.Valid() {
			continue
		}
		n, ok, err := b.Intend(row.Ref)
		if err != nil || !ok {
			t.Fatalf("row %d: %v %v", i, ok, err)
		}
		if _, again, _ := b.Intend(row.Ref); again {
			t.Fatal("a row may be sent twice")
		}
		if i%2 == 0 {
			if err := b.Answer(batch.AnswerRecord{Ref: row.Ref, Attempt: n, Result: batch.Accepted, TopupID: fmt.Sprintf("id%d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 0 {
			c := batch.Centimes(12345)
			if err := b.Look(time.Now(), batch.LookRecord{Ref: row.Ref, By: "list", Found: true, Status: "FULFILLED", TopupID: fmt.Sprintf("id%d", i), Charged: &c, Offers: []batch.Offer{{Name: "x"}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	back, _, err := batch.ReadLedger(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	var was, is []batch.RowStatus
	b.Each(func(s *batch.RowStatus) bool { was = append(was, *s); return true })
	back.Each(func(s *batch.RowStatus) bool { is = append(is, *s); return true })
	if d := cmp.Diff(was, is, cmp.AllowUnexported(batch.RowStatus{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the ledger came back otherwise:\n%s", d)
	}
	if d := cmp.Diff(b.Batch(), back.Batch(), cmp.AllowUnexported(batch.Price{})); d != "" {
		t.Errorf("the batch came back otherwise:\n%s", d)
	}
	if b.Tally() != back.Tally() {
		t.Errorf("tally %+v, want %+v", back.Tally(), b.Tally())
	}
}

// Clocks jump forwards and backwards. The states of rows do not depend on the times
// in the journal.
func TestTimesDecideNothing(t *testing.T) {
	results := []string{"accepted", "refused", "unknown", "unreached", "duplicate"}
	words := []string{"PENDING", "FULFILLED", "REFUNDED", "UNKNOWN_ERROR"}
	rapid.Check(t, func(t *rapid.T) {
		one, two := newStory(t), newStory(t)
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			n := one.row().Attempts
			rec := rapid.SampledFrom([]batch.Record{
				intent(n + 1), answer(n, rapid.SampledFrom(results).Draw(t, "result")),
				found(rapid.SampledFrom(words).Draw(t, "word")), notFound(false), notFound(true),
			}).Draw(t, "record")
			jump := time.Duration(rapid.Int64Range(-1e18, 1e18).Draw(t, "jump"))
			if a, b := one.try(rec), two.Fold(rec, noon.Add(jump)); (a == nil) != (b == nil) {
				t.Fatalf("at another time the record is judged otherwise: %v, %v", a, b)
			}
		}
		a, b := one.row(), two.row()
		if a.State != b.State || a.Attempts != b.Attempts || a.TopupID != b.TopupID || a.Charged != b.Charged || a.Refunded != b.Refunded {
			t.Fatalf("other times, another row:\n%+v\n%+v", a, b)
		}
	})
}
