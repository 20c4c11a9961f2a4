// Package samples holds input files to try flexybatch with. All phones in them
// are made up.
//
// Payroll and PayrollXLSX are the same payroll, as CSV from a French Excel and
// as a workbook; every row of it is valid against the simulator's catalogue, and
// none of its phones is one that the vendor's sandbox treats specially. Invalid
// has a row for every row rule that a file alone can break. Two rules need more:
// amount.cap is broken with --max-amount 8000, and id.changed by a batch that
// was sent before.
package samples

import _ "embed"

var (
	//go:embed payroll.csv
	Payroll []byte
	//go:embed payroll.xlsx
	PayrollXLSX []byte
	//go:embed invalid.csv
	Invalid []byte
)

//go:generate go test -run TestWorkbookInStep -update
