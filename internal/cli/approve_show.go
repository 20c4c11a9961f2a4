package cli

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
)

// largest is how many of the largest rows are shown.
const largest = 5

// shownRequest is what approve --json prints.
type shownRequest struct {
	Digest string `json:"digest"`
	*approval.Request
	Rows      int                 `json:"rows"`
	Approvals []approval.Approval `json:"approvals"`
}

// tell shows what is approved.
func (o *approveOptions) tell(f *approval.File, path string) error {
	p := f.Request
	if o.json {
		if err := json.NewEncoder(o.stdout).Encode(shownRequest{f.Digest, p, len(p.Rows), f.Approvals}); err != nil {
			return nothingf("writing the approval request: %w", err)
		}
		return nil
	}
	var page strings.Builder
	say := func(format string, args ...any) { page.WriteString(o.words.Sprintf(format, args...)) }
	say("Approval request for batch %s, account %s at %s (%s)\n", p.Batch, p.Account.Username, p.Account.Host, p.Account.Type)
	say("  file %s, SHA-256 %s\n", p.File, p.SHA256)
	say("  %s for %s DZD, cost %s\n", lang.Count(len(p.Rows), "%d row", "%d rows"), p.Requested, p.Cost)
	if p.Invalid > 0 {
		say("  %s in the file besides, and not sent\n", lang.Count(p.Invalid, "%d invalid row is", "%d invalid rows are"))
	}
	tellPrices(say, p)
	tellRows(say, p, path)
	say("  digest %s\n", f.Digest)
	for _, x := range f.Approvals {
		if f.Signed(x) {
			say("  signed by %s on %s with the key %s\n", x.Approver, x.At.Format("2006-01-02 15:04 UTC"), x.Key.Fingerprint())
		} else {
			say("  Attention: the signature of %s is not for this request\n", x.Approver)
		}
	}
	if _, err := io.WriteString(o.stdout, page.String()); err != nil {
		return nothingf("writing the approval request: %w", err)
	}
	return nil
}

// tellPrices shows what each plan of the provider comes to.
func tellPrices(say func(string, ...any), p *approval.Request) {
	type sum struct {
		rows            int
		requested, cost batch.Centimes
	}
	sums := map[string]sum{}
	for _, r := range p.Rows {
		s := sums[r.Plan]
		sums[r.Plan] = sum{s.rows + 1, s.requested + r.Amount.Centimes(), s.cost + r.Cost}
	}
	for _, x := range p.Prices {
		s := sums[x.Plan]
		say("  %-18s %6d rows %14s DZD, cost %s (%s a dinar)\n", x.Plan, s.rows, s.requested, s.cost, cmp.Or(x.Cost.String(), "1"))
	}
}

// tellRows shows the largest rows, and those that a reader of the sheet would not
// have seen.
func tellRows(say func(string, ...any), p *approval.Request, path string) {
	rows := slices.Clone(p.Rows)
	slices.SortStableFunc(rows, func(a, b approval.Row) int { return cmp.Compare(b.Amount, a.Amount) })
	for _, r := range rows[:min(largest, len(rows))] {
		say("  row %d: %s, %s, %d dinars\n", r.Number, r.Phone, r.Plan, r.Amount)
	}
	if more := len(rows) - largest; more > 0 {
		say("  and %s, none of them larger; all stand in %s\n", lang.Count(more, "%d more row", "%d more rows"), path)
	}
	hidden := 0
	for _, r := range rows {
		if r.Hidden {
			hidden++
		}
	}
	if hidden > 0 {
		say("  Attention: %s hidden or struck through in the sheet and would be paid.\n", lang.Count(hidden, "%d valid row is", "%d valid rows are"))
	}
}
