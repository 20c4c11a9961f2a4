package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
)

// confirm shows what is about to happen and asks. An error means no.
func (r *runner) confirm(ctx context.Context, balance batch.Centimes, rows *ingest.Input) error {
	if r.settle {
		return nil
	}
	left, cost, short := r.left(balance, rows)
	r.preflight(balance, left, cost, short, rows)
	if left == 0 || r.yes {
		return nil
	}
	if r.whose.Type == batch.Production {
		answer := r.ask(ctx, fmt.Sprintf("This key is of type PRODUCTION: real money. To send %s for %s DZD, type the number of rows: ", count(left, "row", "rows"), cost))
		if answer == strconv.Itoa(left) {
			return nil
		}
		return failf(exitNothing, "nothing was sent: the answer %q is not %d", answer, left)
	} else if yes(r.ask(ctx, fmt.Sprintf("Send %s for %s DZD (%s key)? [y/N] ", count(left, "row", "rows"), cost, strings.ToLower(r.whose.Type)))) {
		return nil
	}
	return failf(exitNothing, "nothing was sent: the question was not answered with yes")
}

// left is what is still to be sent: how many rows, at what cost, and the row at
// which the balance runs out (0: it does not).
func (r *runner) left(balance batch.Centimes, in *ingest.Input) (rows int, cost batch.Centimes, short int) {
	one := func(number int, c batch.Centimes) {
		rows++
		cost += c
		if cost > balance && short == 0 {
			short = number
		}
	}
	if in == nil {
		r.books.Each(func(s *batch.Standing) bool {
			if s.State == batch.Unsent && !s.Gone {
				one(s.Number, s.Cost)
			}
			return true
		})
		return rows, cost, short
	}
	for i := range in.Rows {
		row := &in.Rows[i]
		if row.Valid() && (r.books == nil || !r.books.Sent(row.Ref)) {
			one(row.Number, row.Cost)
		}
	}
	return rows, cost, short
}

// preflight is the page that is shown before the question.
func (r *runner) preflight(balance batch.Centimes, left int, cost batch.Centimes, short int, in *ingest.Input) {
	t := r.totals
	r.say("Batch %s, account %s (%s)\n", r.name, r.whose.Username, r.whose.Type)
	if t.Rows > 0 {
		r.say("  %s: %d valid, %d invalid\n", count(t.Rows, "row", "rows"), t.Valid, t.Invalid)
	}
	for _, p := range t.Plans {
		r.say("  %-18s %-9s %6d rows %14s DZD, cost %s\n", p.Plan.Code, p.Plan.Operator, p.Rows, p.Requested, p.Cost)
	}
	if t.Unpriced > 0 {
		r.say("  The catalogue gives no price for the plan of %s; counted at face value.\n", count(t.Unpriced, "row", "rows"))
	}
	if t.Hidden > 0 {
		r.say("  Attention: %s hidden in the sheet and would be paid.\n", count(t.Hidden, "valid row is", "valid rows are"))
	}
	if in != nil {
		for _, note := range in.Notes {
			r.say("  %s\n", note)
		}
		r.showInvalid(in.Rows)
		r.showWarnings(batch.Warnings(in.Rows))
		for _, line := range r.shared {
			r.say("  %s\n", line)
		}
	}
	if left < t.Valid {
		r.say("  %s in the books already; %s left to send\n", count(t.Valid-left, "row is", "rows are"), count(left, "row is", "rows are"))
	}
	r.say("  to send: %d for %s DZD; balance %s DZD, then %s\n", left, cost, balance, balance-cost)
	if short > 0 {
		r.say("  Attention: the balance will run out at row %d. What is not paid stays unsent, and the same command sends it later.\n", short)
	}
	if r.rate > 0 && left > 0 {
		d := time.Duration(float64(left) / r.rate * float64(time.Minute))
		r.say("  at %.0f calls a minute this takes about %s, until about %s\n", r.rate, d.Round(time.Second), time.Now().Add(d).Format("15:04"))
	}
}

// showInvalid shows the first few invalid rows.
func (r *runner) showInvalid(rows []batch.Row) {
	const most = 5
	shown := 0
	for i := range rows {
		for _, p := range rows[i].Problems {
			if shown++; shown <= most {
				r.say("  row %d: %s\n", rows[i].Number, p)
			}
		}
	}
	if shown > most {
		r.say("  … and %d more problems; all of them: flexybatch validate %s\n", shown-most, quoted(r.file))
	}
}

// showWarnings shows how many warnings there are, and the first few.
func (r *runner) showWarnings(warnings []batch.Warning) {
	const most = 3
	if len(warnings) > 0 {
		r.say("  Attention: %s a phone of a row above; all of them: flexybatch validate %s\n", count(len(warnings), "row has", "rows have"), quoted(r.file))
	}
	for _, w := range warnings[:min(most, len(warnings))] {
		r.say("  row %d: %s\n", w.Row, w.Message)
	}
}
