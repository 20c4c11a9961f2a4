package report

import (
	"flexybatch/batch"
)

// Summary is the outcome of a batch in short: what --json prints. Money is in
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

// Money is what a batch comes to; the package comment says what each means.
type Money struct {
	Requested batch.Centimes `json:"requested"`
	Cost      batch.Centimes `json:"cost"`
	Charged   batch.Centimes `json:"charged"`
	Refunded  batch.Centimes `json:"refunded"`
}

// Summarize makes the summary of a batch. What only the caller knows (the
// files, what was sent now, how long it took) is left for the caller to set.
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

// Validation is what `validate --json` prints.
type Validation struct {
	File     string          `json:"file"`
	Rows     ValidationRows  `json:"rows"`
	Money    ValidationMoney `json:"money"`
	Problems []Problem       `json:"problems"`
	Warnings []Warning       `json:"warnings"`
}

// ValidationRows counts the rows of a file.
type ValidationRows struct {
	Total   int `json:"total"`
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
}

// ValidationMoney is what the valid rows come to.
type ValidationMoney struct {
	Requested batch.Centimes `json:"requested"`
	Cost      batch.Centimes `json:"cost"`
}

// Problem is a broken row rule with its place; Row is the line of the file, or
// the row of the sheet, as the user sees it.
type Problem struct {
	Row     int        `json:"row"`
	Field   string     `json:"field"`
	Code    batch.Code `json:"code"`
	Value   string     `json:"value"`
	Message string     `json:"message"`
}

// Warning is something about a valid row that people should have seen.
type Warning struct {
	Row     int        `json:"row"`
	Code    batch.Code `json:"code"`
	Message string     `json:"message"`
}

// Validation is the check in the form of the contract.
func (c *Check) Validation() Validation {
	v := Validation{
		File: c.File, Rows: ValidationRows{c.Totals.Rows, c.Totals.Valid, c.Totals.Invalid},
		Money:    ValidationMoney{c.Totals.Requested, c.Totals.Cost},
		Problems: []Problem{}, Warnings: []Warning{},
	}
	for i := range c.Rows {
		for _, p := range c.Rows[i].Problems() {
			v.Problems = append(v.Problems, Problem{c.Rows[i].Number, p.Field, p.Code, p.Value, p.Message})
		}
	}
	for _, w := range c.Warnings {
		v.Warnings = append(v.Warnings, Warning(w))
	}
	return v
}
