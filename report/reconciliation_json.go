package report

import (
	"time"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
)

// Reconciliation is a reconciliation in JSON. Money is in dinars with two
// decimals.
type Reconciliation struct {
	Batch       string       `json:"batch"`
	Agrees      bool         `json:"agrees"`
	Differences []Difference `json:"differences"`
	Balance     Balance      `json:"balance"`
	Others      []Other      `json:"others"` // transactions in the span that are no row's: no difference
	From        time.Time    `json:"from"`   // when the batch began
	To          time.Time    `json:"to"`     // when the statement was taken, or its last transaction
}

// Difference is a difference of the books in JSON.
type Difference struct {
	Kind   reconcile.Kind `json:"kind"`
	Ref    batch.Ref      `json:"ref"`    // empty where it is no row's
	Row    int            `json:"row"`    // as the user sees it; 0 where it is no row's
	Detail string         `json:"detail"` // for people, in English: who says what, and what to do
}

// Balance tells in JSON whether the account's balance follows from its
// transactions.
type Balance struct {
	Before batch.Centimes `json:"before"` // the first transaction of the span
	Moved  batch.Centimes `json:"moved"`  // the sum of the transactions
	After  batch.Centimes `json:"after"`  // the last
	AddsUp bool           `json:"adds_up"`
}

// Other is a transaction in JSON that is no row's.
type Other struct {
	Kind   reconcile.Kind `json:"kind"` // OtherTransaction
	ID     string         `json:"id"`
	Type   string         `json:"type"`
	Amount batch.Centimes `json:"amount"` // below zero where it was taken from the account
	Time   time.Time      `json:"time"`
	Detail string         `json:"detail"` // whose it is, as far as anybody knows, in English
}

// NewReconciliation makes what JSON says of a comparison.
func NewReconciliation(r *reconcile.Result) Reconciliation {
	j := Reconciliation{Batch: r.Batch.Name, Agrees: r.Agrees, Differences: []Difference{}, Balance: Balance(r.Balance), Others: []Other{}, From: r.From, To: r.To}
	for _, d := range r.Differences {
		j.Differences = append(j.Differences, Difference{d.Kind, d.Ref, d.Row, Explain(d, nil)})
	}
	for _, o := range r.Others {
		j.Others = append(j.Others, Other{reconcile.OtherTransaction, o.ID, o.Type, o.Amount, o.Time, owner(o.Owner).String()})
	}
	return j
}
