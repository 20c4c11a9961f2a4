package report

import (
	"flexybatch/batch"
)

// Summary is the outcome of a batch in short, as --json prints it. Money is in
// dinars with two decimals.
type Summary struct {
	Batch     string    `json:"batch"`
	File      string    `json:"file"`
	Journal   string    `json:"journal"`
	Report    string    `json:"report"`
	Simulated bool      `json:"simulated"`
	Rows      Rows      `json:"rows"`
	SentNow   int       `json:"sent_now"` // sends that left in this run
	Money     Money     `json:"money"`
	DurationS float64   `json:"duration_s"`
	APICalls  int       `json:"api_calls"`
	Gone      *GoneRows `json:"gone,omitempty"` // the part of Rows and Money that the corrected file no longer has
}

// GoneRows counts the rows that were sent and that the corrected file no longer has.
type GoneRows struct {
	Rows  Rows  `json:"rows"`
	Money Money `json:"money"`
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
	s := Summary{
		Batch: b.Name, File: b.File, Simulated: b.Account.Type == batch.Simulated,
		Rows: rowsOf(t.Counts), Money: moneyOf(t.Counts),
	}
	if t.Gone.Total > 0 {
		s.Gone = &GoneRows{rowsOf(t.Gone), moneyOf(t.Gone)}
	}
	return s
}

func rowsOf(c batch.Counts) Rows {
	return Rows{
		Total: c.Total, Invalid: c.Of(batch.Invalid), Valid: c.Valid(), Unsent: c.Of(batch.Unsent),
		Unknown: c.Of(batch.Unknown), Pending: c.Of(batch.Pending), Fulfilled: c.Of(batch.Fulfilled),
		Refunded: c.Of(batch.Refunded), Rejected: c.Of(batch.Rejected), Conflict: c.Of(batch.Conflict),
	}
}

func moneyOf(c batch.Counts) Money { return Money{c.Requested, c.Cost, c.Charged, c.Refunded} }
