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

// Payroll is payroll.csv, twenty valid rows.
//
//go:embed payroll.csv
var Payroll []byte

// PayrollXLSX is payroll.xlsx, the same twenty rows.
//
//go:embed payroll.xlsx
var PayrollXLSX []byte

// Invalid is invalid.csv, a row for every row rule.
//
//go:embed invalid.csv
var Invalid []byte

//go:generate go test -run TestWorkbookInStep -update
