package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// largest is how many of the largest rows are shown.
const largest = 5

// shownRequest is what approve --json prints.
type shownRequest struct {
	Digest string `json:"digest"`
	*approval.Request
	Rows      int                  `json:"rows"`
	Approvals []approval.Approval  `json:"approvals"`
	Warnings  []report.Warning     `json:"warnings"` // unusual amounts
	Changes   *report.ChangeCounts `json:"changes,omitempty"`
}

// tell shows what is approved.
func (o *approveOptions) tell(ctx context.Context, f *approval.File, path string) error {
	p := f.Request
	beside := o.job().CompareRequest(ctx, path, p)
	if o.json {
		shown := shownRequest{f.Digest, p, len(p.Rows), f.Approvals, beside.Warnings(), beside.Changes.Counts()}
		if err := json.NewEncoder(o.stdout).Encode(shown); err != nil {
			return nothingf("writing the approval request: %w", err)
		}
		return nil
	}
	var page strings.Builder
	say := func(format string, args ...any) { page.WriteString(o.words.Sprintf(format, args...)) }
	say("Approval request for batch %s, account %s at %s (%s)\n", p.Batch, p.Account.Username, p.Account.Host, p.Account.Type)
	say("  file %s, SHA-256 %s\n", p.File, p.SHA256)
	say("  %s for %s DA, cost %s\n", lang.Count(len(p.Rows), "%d row", "%d rows"), p.Requested, p.Cost)
	if p.Maker != "" {
		say("  prepared by %s\n", p.Maker)
	}
	if p.Invalid > 0 {
		say("  %s in the file besides, and not sent\n", lang.Count(p.Invalid, "%d invalid row is", "%d invalid rows are"))
	}
	tellPrices(say, p)
	tellRows(say, p, path)
	tellCompared(say, beside)
	say("  digest %s\n", f.Digest)
	for _, x := range f.Approvals {
		at := lang.UTC(x.At)
		switch {
		case f.Signed(x) && x.Key.IsPasskey():
			say("  signed by %s on %s with the passkey %s\n", x.Approver, at, x.Key.Fingerprint())
		case f.Signed(x):
			say("  signed by %s on %s with the key %s\n", x.Approver, at, x.Key.Fingerprint())
		default:
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
		say("  %-18s %6s rows %14s DA, cost %s (%s a dinar)\n", x.Plan, lang.Number(s.rows), s.requested, s.cost, lang.Decimal(cmp.Or(x.Cost.String(), "1")))
	}
}

// tellRows shows the largest rows, and those that a reader of the sheet would not
// have seen.
func tellRows(say func(string, ...any), p *approval.Request, path string) {
	rows := slices.Clone(p.Rows)
	slices.SortStableFunc(rows, func(a, b approval.Row) int { return cmp.Compare(b.Amount, a.Amount) })
	for _, r := range rows[:min(largest, len(rows))] {
		say("  %s: %s, %s, %d dinars\n", rowOf(r.Number, report.Whose(r.Name, r.ID)), r.Phone, r.Plan, r.Amount)
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

// mostUnusual is how many unusual amounts an approver is shown.
const mostUnusual = 10

// tellCompared shows what changed since the last batch, and which amounts look like
// a slip.
func tellCompared(say func(string, ...any), c app.Comparison) {
	if c.Changes != nil {
		say("  %s\n", c.Changes.Message())
	}
	n := len(c.Unusual)
	if n > 0 {
		say("  %s\n", lang.Count(n, "Attention: %d amount is unusual.", "Attention: %d amounts are unusual."))
	}
	for i, f := range c.Unusual {
		if i == mostUnusual {
			say("  … and %s more.\n", lang.Count(n-i, "%d row", "%d rows"))
			break
		}
		say("  row %d: %s\n", f.Row, report.UnusualAmount(f))
	}
}
