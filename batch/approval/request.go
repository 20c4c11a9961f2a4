package approval

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"flexybatch/batch"
)

// Request is what is approved: who is paid what, on whose account, at which prices.
type Request struct {
	Batch     string         `json:"batch"`
	File      string         `json:"file"`            // base name of the input
	SHA256    string         `json:"sha256"`          // of the input's bytes, hex
	Sheet     string         `json:"sheet,omitempty"` // XLSX only
	Account   Account        `json:"account"`
	Prices    []Price        `json:"prices"`    // of the plans that the rows ask for, by their codes
	Invalid   int            `json:"invalid"`   // rows of the input that are never sent
	Requested batch.Centimes `json:"requested"` // face value of the rows
	Cost      batch.Centimes `json:"cost"`
	Rows      []Row          `json:"rows"` // the valid ones, in the order of the file
}

// Account is the account that pays (money rule 8).
type Account struct {
	Host     string `json:"host"`
	Username string `json:"username"`
	Type     string `json:"type"`
}

// Price is what a plan of the provider costs.
type Price struct {
	Plan   string       `json:"plan"`
	Cost   batch.Price  `json:"cost"`
	Amount batch.Dinars `json:"amount,omitempty"` // of a plan that is sold at one amount only
}

// Row is one top-up.
type Row struct {
	Number int            `json:"row"` // as the user sees it
	Ref    batch.Ref      `json:"ref"`
	Phone  batch.Phone    `json:"phone"`
	Plan   string         `json:"plan"`
	Amount batch.Dinars   `json:"amount"`
	ID     string         `json:"id,omitempty"`
	Cost   batch.Centimes `json:"cost"`
	Hidden bool           `json:"hidden,omitempty"` // in the sheet
}

// Topup is what the row asks for.
func (r Row) Topup() batch.Topup {
	return batch.Topup{Phone: r.Phone, Plan: r.Plan, Amount: r.Amount, ID: r.ID}
}

// NewRequest makes an approval request of rows with refs, with the prices of a catalogue. Of head
// the fields above Prices are taken.
func NewRequest(head Request, rows iter.Seq[*batch.Row], plans batch.Catalogue) (*Request, error) {
	p := head
	p.Prices, p.Rows = []Price{}, []Row{}
	p.Invalid, p.Requested, p.Cost = 0, 0, 0
	at := map[string]batch.Price{}
	for r := range rows {
		if !r.Valid() {
			p.Invalid++
			continue
		}
		price, priced := at[r.Topup.Plan]
		if !priced {
			plan, known := plans.Find(r.Topup.Plan)
			if !known {
				return nil, fmt.Errorf("the catalogue has no plan %s any more, which row %d asks for", r.Topup.Plan, r.Number)
			}
			price, at[plan.Code] = plan.Cost, plan.Cost
			p.Prices = append(p.Prices, priceOf(plan))
		}
		cost := price.Cost(r.Topup.Amount)
		p.Requested += r.Topup.Amount.Centimes()
		p.Cost += cost
		p.Rows = append(p.Rows, Row{r.Number, r.Ref, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount, r.Topup.ID, cost, r.Hidden()})
	}
	slices.SortFunc(p.Prices, func(a, b Price) int { return cmp.Compare(a.Plan, b.Plan) })
	return &p, nil
}

func priceOf(p batch.Plan) Price {
	price := Price{Plan: p.Code, Cost: p.Cost}
	if p.Fixed {
		price.Amount = p.Amount
	}
	return price
}

// Digest stands for the whole plan; the package comment says what it covers.
func (p *Request) Digest() (string, error) {
	h := sha256.New()
	h.Write([]byte("flexybatch plan v1\n"))
	if err := p.encode(h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// errSums says that a plan tells other sums than its rows come to. Its digest may
// be right all the same: the one who made it wanted it so.
var errSums = errors.New("its rows do not come to the sums that it tells: it was not made by flexybatch")

// check holds a plan that was read against itself.
func (p *Request) check() error {
	prices := map[string]batch.Price{}
	for _, x := range p.Prices {
		prices[x.Plan] = x.Cost
	}
	refs := make(map[batch.Ref]bool, len(p.Rows))
	var requested, cost batch.Centimes
	for _, r := range p.Rows {
		price, known := prices[r.Plan]
		if !known || r.Ref == "" || refs[r.Ref] || r.Amount <= 0 || r.Amount > batch.MaxDinars || r.Cost != price.Cost(r.Amount) {
			return errSums
		}
		refs[r.Ref] = true
		requested += r.Amount.Centimes()
		cost += r.Cost
	}
	if requested != p.Requested || cost != p.Cost {
		return errSums
	}
	return nil
}

// Repriced tells, in words, which prices a catalogue has changed since the plan
// was prepared; plans that it does not sell any more are among them.
func (p *Request) Repriced(now batch.Catalogue) []string {
	var changed []string
	for _, was := range p.Prices {
		plan, known := now.Find(was.Plan)
		is := priceOf(plan)
		switch {
		case !known:
			changed = append(changed, fmt.Sprintf("plan %s is no longer in the catalogue", was.Plan))
		case is.Cost != was.Cost:
			changed = append(changed, fmt.Sprintf("plan %s cost %s a dinar when it was approved, and costs %s now", was.Plan, written(was.Cost), written(is.Cost)))
		case is.Amount != was.Amount:
			changed = append(changed, fmt.Sprintf("plan %s was sold at %d dinars when it was approved, and is at %d now", was.Plan, was.Amount, is.Amount))
		}
	}
	return changed
}

// written is a price for people; one that is not known counts as 1.
func written(p batch.Price) string {
	if !p.Known() {
		return "1"
	}
	return p.String()
}

// shown is how many differences are told one by one.
const shown = 5

// Compare tells, in words, how the rows that are about to be sent differ from
// those that were approved: the number of them, and the first few. None: they are
// the same.
func (p *Request) Compare(rows iter.Seq[*batch.Row]) (n int, detail []string) {
	say := func(format string, args ...any) {
		if n++; len(detail) < shown {
			detail = append(detail, fmt.Sprintf(format, args...))
		}
	}
	approved := make(map[batch.Ref]*Row, len(p.Rows))
	for i := range p.Rows {
		approved[p.Rows[i].Ref] = &p.Rows[i]
	}
	for r := range rows {
		if !r.Valid() {
			continue
		}
		was, known := approved[r.Ref]
		delete(approved, r.Ref)
		switch {
		case !known:
			say("row %d was not approved: %s, %s, %d dinars", r.Number, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount)
		case was.Topup() != r.Topup:
			say("row %d was approved as %s, %s, %d dinars, and is %s, %s, %d dinars", r.Number, was.Phone, was.Plan, was.Amount, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount)
		}
	}
	for i := range p.Rows {
		if was := &p.Rows[i]; approved[was.Ref] != nil {
			say("row %d is gone: %s, %s, %d dinars", was.Number, was.Phone, was.Plan, was.Amount)
		}
	}
	return n, detail
}
