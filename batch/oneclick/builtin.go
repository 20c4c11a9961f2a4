package oneclick

import (
	_ "embed"
	"time"

	"flexybatch/batch"
)

// builtIn is the catalogue as the vendor's documentation shows it, in the form of the
// API's answer.
//
//go:embed builtin.json
var builtIn []byte

// builtInOn is the day on which builtin.json was written, at noon, so that it is the
// same day wherever it is told.
var builtInOn = time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC)

// BuiltIn returns the plans that the program knows without asking anybody, and the day
// on which they were true. They serve to look at a file before there is a key or a
// network. Prices, ranges and plans change: what is sent is checked against what the
// account itself is offered.
func BuiltIn() (plans batch.Catalogue, on time.Time, err error) {
	plans, err = ParsePlans(builtIn)
	return plans, builtInOn, err
}
