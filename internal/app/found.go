package app

import (
	"flexybatch/ingest"
	"flexybatch/report"
)

// found is what was found in a file beside its rows, as a check tells it.
func found(in *ingest.Input) report.Found {
	f := report.Found{Hidden: in.Hidden, Struck: in.Struck, Headers: in.Headers, Repaired: report.FoundRepairs{Count: in.Repaired.Count}}
	for _, t := range in.Totals {
		f.Totals = append(f.Totals, report.FoundTotal{Row: t.Number, Amount: t.Amount})
	}
	for _, r := range in.Remarks {
		f.Remarks = append(f.Remarks, report.FoundRemark{Row: r.Number, Text: r.Text})
	}
	for _, r := range in.Repaired.Examples {
		f.Repaired.Examples = append(f.Repaired.Examples, report.FoundRepair{Row: r.Number, Written: r.Written, Phone: r.Phone})
	}
	for _, u := range in.Unused {
		f.Unused = append(f.Unused, report.UnusedColumn(u))
	}
	return f
}
