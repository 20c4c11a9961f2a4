package report

import (
	"fmt"
	"testing"
	"time"

	"flexybatch/batch"
)

// settledAt is a batch whose rows came to their end at these times.
func settledAt(t testing.TB, times ...time.Time) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	tell := func(r batch.Record, at time.Time) {
		t.Helper()
		if err := l.Fold(r, at); err != nil {
			t.Fatal(err)
		}
	}
	tell(batch.Record{Batch: &batch.BatchRecord{Name: "b"}}, time.Time{})
	ref := func(i int) batch.Ref { return batch.Ref(fmt.Sprint("ref", i)) }
	for i := range times {
		tell(batch.Record{Row: &batch.RowRecord{Number: i + 2, Ref: ref(i), Topup: batch.Topup{Amount: 100}}}, time.Time{})
	}
	tell(batch.Record{Sealed: &batch.SealRecord{Rows: len(times)}}, time.Time{})
	for i, at := range times {
		if at.IsZero() {
			continue
		}
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: ref(i), Attempt: 1}}, at)
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref(i), Attempt: 1, Result: "refused"}}, at)
	}
	return l
}

// Whatever the time that a batch took, no row is lost and the chart can be read.
func TestSettledOverTime(t *testing.T) {
	begin := time.Date(2026, 10, 1, 9, 59, 59, 999e6, time.UTC)
	for _, span := range []time.Duration{0, time.Millisecond, time.Second, 39 * time.Second, 40 * time.Second, 41 * time.Second, time.Hour, 24 * time.Hour, 40 * 24 * time.Hour, 400 * 24 * time.Hour} {
		times := []time.Time{begin, begin.Add(span), {}}
		for i := range 97 {
			times = append(times, begin.Add(span*time.Duration(i)/97))
		}
		b := newTimeline(settledAt(t, times...))
		sum := 0
		for _, n := range b.rows {
			sum += n
		}
		if sum != 99 || len(b.rows) > mostStretches+1 || b.from.After(begin) || b.rows[0] == 0 || b.rows[len(b.rows)-1] == 0 {
			t.Errorf("%s: %d rows in %d buckets of %s from %s", span, sum, len(b.rows), b.width, b.from)
		}
		if span > time.Minute && len(b.rows) < 8 {
			t.Errorf("%s: only %d buckets of %s", span, len(b.rows), b.width)
		}
	}
	if b := newTimeline(settledAt(t, time.Time{})); len(b.rows) != 0 {
		t.Errorf("nothing was settled, and there are %+v", b)
	}
}

// The sheet of the figures adds up to what was settled.
func TestOverTimeSheet(t *testing.T) {
	begin := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	f, _ := open(t, settledAt(t, begin, begin.Add(time.Second), begin.Add(time.Second), begin.Add(5*time.Second)), Options{})
	rows := table(t, f, "Over time")
	if len(rows) != 6 || rows[0]["rows settled"] != "1" || rows[1]["rows settled so far"] != "3" || rows[5]["rows settled so far"] != "4" {
		t.Errorf("%v", rows)
	}
}
