package report

import (
	"flexybatch/batch"
)

// Summary is the outcome of a batch in short, as --json prints it. Money is in
// dinars with two decimals.
type Summary struct {
	Batch     string  `json:"batch"`
	File      string  `json:"file"`
	Journal   string  `json:"journal"`
	Report    string  `json:"report"`
	Simulated bool    `json:"simulated"`
	Rows      Rows    `json:"rows"`
	SentNow   int     `json:"sent_now"` // sends that left in this run
	Money     Money   `json:"money"`
	DurationS float64 `json:"duration_s"`
	APICalls  int     `json:"api_calls"`
}

// Rows counts rows, in all and by state.
type Rows struct {
	Total     int `json:"total"`
	Invalid   int `json:"invalid"`
	Valid     int `json:"valid"`
	Unsent    int `json:"unsent"`
	Unknown   int `json:"unknown"`
	Pending   int `json:"pending"`
	Fulfilled int `json:"fulfilled"`
	Refunded  int `json:"refunded"`
	Rejected  int `json:"rejected"`
	Conflict  int `json:"conflict"`
}

// Money is what a batch adds up to. The package comment says what each sum means.
type Money struct {
	Requested batch.Centimes `json:"requested"`
	Cost      batch.Centimes `json:"cost"`
	Charged   batch.Centimes `json:"charged"`
	Refunded  batch.Centimes `json:"refunded"`
}

// Summarize returns the summary of a batch. The caller sets what only it knows: the
// files, what was sent now, and how long it took.
func Summarize(from Books) Summary {
	b, t := from.Batch(), from.Tally()
	return Summary{
		Batch: b.Name, File: b.File, Simulated: b.Account.Type == batch.Simulated,
		Rows: Rows{
			Total: t.Total, Invalid: t.Of(batch.Invalid), Valid: t.Valid(), Unsent: t.Of(batch.Unsent),
			Unknown: t.Of(batch.Unknown), Pending: t.Of(batch.Pending), Fulfilled: t.Of(batch.Fulfilled),
			Refunded: t.Of(batch.Refunded), Rejected: t.Of(batch.Rejected), Conflict: t.Of(batch.Conflict),
		},
		Money: Money{t.Requested, t.Cost, t.Charged, t.Refunded},
	}
}
