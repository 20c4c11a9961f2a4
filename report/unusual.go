package report

import (
	"flexybatch/batch/unusual"
	"flexybatch/internal/lang"
)

// UnusualAmount says who would get an amount that looks like a slip, what was to be
// expected, and what may have happened.
func UnusualAmount(f unusual.Finding) lang.Message {
	who := named(f.Name, f.ID, string(f.Phone))
	switch f.Code {
	case unusual.Tenfold:
		return lang.Msg("%s: %d dinars, %s; is there a zero too many?", who, f.Amount, expected(f))
	case unusual.Tenth:
		return lang.Msg("%s: %d dinars, %s; is a zero missing?", who, f.Amount, expected(f))
	}
	if f.From == "" {
		return lang.Msg("%s: %d dinars, the largest number that some programs can hold; was it cut off?", who, f.Amount)
	}
	return lang.Msg("%s: %d dinars, the largest number that some programs can hold, %s; was it cut off?", who, f.Amount, expected(f))
}

// expected says what an amount was compared with.
func expected(f unusual.Finding) lang.Message {
	if f.From == unusual.Earlier {
		return lang.Msg("and %d in batch %s", f.Typical, f.Batch)
	}
	return lang.Msg("where %d is usual in this file", f.Typical)
}
