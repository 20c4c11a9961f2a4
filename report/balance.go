package report

import (
	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// balances are what the balance was before the first send, and what it should be
// and was when it was last asked for.
type balances struct{ before, expected, after batch.Centimes }

// balancesOf finds the balances that the journal notes; ok is false where it does
// not note one at the start.
func balancesOf(from Books) (x balances, ok bool) {
	var before, after *batch.Centimes
	for _, n := range from.Notes() {
		if n.Balance == nil {
			continue
		}
		if before == nil && n.What == batch.NoteStarted {
			before = n.Balance
		}
		after = n.Balance
	}
	if before == nil {
		return balances{}, false
	}
	return balances{*before, *before - from.Tally().Net(), *after}, true
}

// balanceLine is a line of the table that explains the balance.
type balanceLine struct {
	what   lang.Message
	amount batch.Centimes
	sum    bool // it follows from the lines above it, or is held against them
	alarm  bool // it should be 0
}

// lines say how the balance follows from what was charged and given back.
func (x balances) lines(f *figures) []balanceLine {
	return []balanceLine{
		{what: lang.Title("before the first send"), amount: x.before},
		{what: lang.Title("charged and fulfilled"), amount: -f.charged[batch.Fulfilled]},
		{what: lang.Title("charged and refunded"), amount: -f.charged[batch.Refunded]},
		{what: lang.Title("charged, not final yet"), amount: -f.open()},
		{what: lang.Title("given back"), amount: f.tally.Refunded},
		{what: lang.Title("so it should be"), amount: x.expected, sum: true},
		{what: lang.Title("when last asked"), amount: x.after, sum: true},
		{what: lang.Title("other movements"), amount: x.after - x.expected, sum: true, alarm: true},
	}
}

// remarks say what the figures mean. What is said of open rows are the figures of
// these very lines.
func (x balances) remarks(f *figures) (list []lang.Message) {
	if f.notFinal > 0 {
		list = append(list, lang.Count(f.notFinal, "%d row was charged and is not final: the %s DA of it may come back.", "%d rows were charged and are not final: the %s DA of them may come back.", f.open()))
	}
	if f.doubtful > 0 {
		list = append(list, lang.Count(f.doubtful, "Of %d row nobody knows yet whether it was charged: up to %s DA are not in these figures.",
			"Of %d rows nobody knows yet whether they were charged: up to %s DA are not in these figures.", f.atMost))
	}
	switch open := f.tally.Open() + f.tally.Of(batch.Conflict); {
	case x.after == x.expected && open == 0:
		list = append(list, lang.Msg("The balance moved by what this batch was charged less what was given back, to the centime."))
	case x.after != x.expected && open > 0:
		list = append(list, lang.Msg("The other movements are those of rows that are still open, or not this batch's. When every row is settled, flexybatch reconcile shows which."))
	case x.after != x.expected:
		list = append(list, lang.Msg("Money was moved on this account that is not this batch's. To see which: flexybatch reconcile"))
	}
	return list
}
