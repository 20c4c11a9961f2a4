package approval

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"

	"flexybatch/batch"
)

// Request is what approvers sign: who is paid what, on which account, at which
// prices.
type Request struct {
	Batch     string         `json:"batch"`
	File      string         `json:"file"`            // base name of the input
	SHA256    string         `json:"sha256"`          // of the input's bytes, hex
	Sheet     string         `json:"sheet,omitempty"` // XLSX only
	Account   Account        `json:"account"`
	Maker     string         `json:"maker,omitempty"` // who prepared it, and so cannot approve it; empty: not said
	Prices    []Price        `json:"prices"`          // of the plans that the rows ask for, sorted by code
	Invalid   int            `json:"invalid"`         // rows of the input that are never sent
	Requested batch.Centimes `json:"requested"`       // face value of the rows
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
	Name   string         `json:"name,omitempty"` // of the person, as the file's columns of names have it
	Cost   batch.Centimes `json:"cost"`
	Hidden bool           `json:"hidden,omitempty"` // in the sheet
}

// Topup returns what the row asks for.
func (r Row) Topup() batch.Topup {
	return batch.Topup{Phone: r.Phone, Plan: r.Plan, Amount: r.Amount, ID: r.ID}
}

// madeBy reports whether the request was prepared by a person of this name.
func (r *Request) madeBy(name string) bool { return r.Maker != "" && samePerson(r.Maker, name) }

// NewRequest makes a request of rows that have refs, at the prices of a catalogue.
// It takes the fields above Prices from head. names are the columns of the rows that
// name people.
func NewRequest(head Request, names []int, rows iter.Seq[*batch.Row], plans batch.Catalogue) (*Request, error) {
	if head.Maker != "" {
		if err := CheckName(head.Maker); err != nil {
			return nil, err
		}
	}
	r := head
	r.Prices, r.Rows = []Price{}, []Row{}
	r.Invalid, r.Requested, r.Cost = 0, 0, 0
	prices := map[string]batch.Price{}
	for row := range rows {
		if !row.Valid() {
			r.Invalid++
			continue
		}
		price, priced := prices[row.Topup.Plan]
		if !priced {
			plan, known := plans.Find(row.Topup.Plan)
			if !known {
				return nil, batch.Errorf("the catalogue has no plan %s any more, which row %d asks for", row.Topup.Plan, row.Number)
			}
			price, prices[plan.Code] = plan.Cost, plan.Cost
			r.Prices = append(r.Prices, priceOf(plan))
		}
		r.add(row, batch.NameIn(row.Cells, names), price.Cost(row.Topup.Amount))
	}
	slices.SortFunc(r.Prices, func(a, b Price) int { return cmp.Compare(a.Plan, b.Plan) })
	return &r, nil
}

// add adds a valid row, whose it is and what it costs.
func (r *Request) add(row *batch.Row, name string, cost batch.Centimes) {
	t := row.Topup
	r.Requested += t.Amount.Centimes()
	r.Cost += cost
	r.Rows = append(r.Rows, Row{row.Number, row.Ref, t.Phone, t.Plan, t.Amount, t.ID, name, cost, row.Hidden()})
}

func priceOf(p batch.Plan) Price {
	price := Price{Plan: p.Code, Cost: p.Cost}
	if p.Fixed {
		price.Amount = p.Amount
	}
	return price
}

// Digest returns the digest of the whole request; the package comment says what it
// covers.
func (r *Request) Digest() (string, error) {
	h := sha256.New()
	h.Write([]byte("flexybatch plan v1\n")) // the first name of a request: see Suffix
	if err := r.encode(h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// errSums says that a request states other sums than its rows add up to. Its
// digest may be right all the same, if somebody made it so on purpose.
var errSums = batch.Errorf("its rows do not come to the sums that it tells: it was not made by flexybatch")

// errMaker says that whoever is said to have prepared a request has no name.
var errMaker = batch.Errorf("the name of who prepared it is no name")

// check compares what a request states with what its own rows add up to.
func (r *Request) check() error {
	if r.Maker != "" && CheckName(r.Maker) != nil {
		return errMaker
	}
	prices := map[string]batch.Price{}
	for _, p := range r.Prices {
		prices[p.Plan] = p.Cost
	}
	refs := make(map[batch.Ref]bool, len(r.Rows))
	var requested, cost batch.Centimes
	for _, row := range r.Rows {
		price, known := prices[row.Plan]
		if !known || row.Ref == "" || refs[row.Ref] || row.Amount <= 0 || row.Amount > batch.MaxDinars || row.Cost != price.Cost(row.Amount) {
			return errSums
		}
		refs[row.Ref] = true
		requested += row.Amount.Centimes()
		cost += row.Cost
	}
	if requested != r.Requested || cost != r.Cost {
		return errSums
	}
	return nil
}
