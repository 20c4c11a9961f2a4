package approval

import (
	"iter"

	"flexybatch/batch"
)

// Repriced lists the prices that a catalogue has changed since the
// request was prepared, and the plans that it no longer sells.
func (r *Request) Repriced(now batch.Catalogue) []batch.Message {
	var changed []batch.Message
	for _, was := range r.Prices {
		plan, known := now.Find(was.Plan)
		is := priceOf(plan)
		switch {
		case !known:
			changed = append(changed, batch.Msg("plan %s is no longer in the catalogue", was.Plan))
		case is.Cost != was.Cost:
			changed = append(changed, batch.Msg("plan %s cost %s a dinar when it was approved, and costs %s now", was.Plan, written(was.Cost), written(is.Cost)))
		case is.Amount != was.Amount:
			changed = append(changed, batch.Msg("plan %s was sold at %d dinars when it was approved, and is at %d now", was.Plan, was.Amount, is.Amount))
		}
	}
	return changed
}

// written returns a price for people. A price that is not known counts as 1.
func written(p batch.Price) string {
	if !p.Known() {
		return "1"
	}
	return p.String()
}

// shown is how many differences Compare describes.
const shown = 5

// Compare counts the differences between the rows that are about to be sent and
// those that were approved, and describes the first few.
func (r *Request) Compare(rows iter.Seq[*batch.Row]) (n int, detail []batch.Message) {
	say := func(format string, args ...any) {
		if n++; len(detail) < shown {
			detail = append(detail, batch.Msg(format, args...))
		}
	}
	approved := make(map[batch.Ref]*Row, len(r.Rows))
	for i := range r.Rows {
		approved[r.Rows[i].Ref] = &r.Rows[i]
	}
	for row := range rows {
		if !row.Valid() {
			continue
		}
		was, known := approved[row.Ref]
		delete(approved, row.Ref)
		is := row.Topup
		switch {
		case !known:
			say("row %d was not approved: %s, %s, %d dinars", row.Number, is.Phone, is.Plan, is.Amount)
		case was.Topup() != is:
			say("row %d was approved as %s, %s, %d dinars, and is %s, %s, %d dinars", row.Number, was.Phone, was.Plan, was.Amount, is.Phone, is.Plan, is.Amount)
		}
	}
	for i := range r.Rows {
		if was := &r.Rows[i]; approved[was.Ref] != nil {
			say("row %d is gone: %s, %s, %d dinars", was.Number, was.Phone, was.Plan, was.Amount)
		}
	}
	return n, detail
}
