// Package ingest turns the bytes of a spreadsheet into rows that are valid
// top-ups, or that say what is wrong with them and where.
//
// Bytes become entries, entries become rows. Workbooks are read by package xlsx;
// what its errors and limits are is in package fault.
//
//	read.go       Read, and the limits in file.go
//	kind.go       what the file is, by its content
//	encoding.go   text in whatever encoding → UTF-8
//	delimiter.go  , ; tab or |
//	lines.go      text → records, damage named
//	csv.go        records → rows as wide as the header
//	csv_rows.go   rows → entries, decoded by gocsv
//	payroll_sheet.go  which sheet is the payroll: all are read to their end first
//	sheet.go      rows of cells → entries
//	own.go        columns that flexybatch itself has added, passed over
//	header.go     which column is phone, plan, amount, id
//	rows.go       an entry held to the row rules; phone.go, plan.go
//	amount.go     dinars as people write them
//	total.go      lines that are no payments: totals, the header once more
//
// Statements of an account are read by the same readers (ReadStatement):
//
//	statement.go         a file → transactions
//	statement_header.go  which column is which
//	statement_csv.go     records → rows; statement_sheet.go, of a workbook
//	statement_rows.go    rows → transactions; statement_figure.go, statement_date.go
//
// What it promises:
//   - No row is lost. A file that is cut short, damaged or doubtful is an error
//     that names the place; it never becomes a shorter list of rows.
//   - Nothing is guessed. A cell that can be read in two ways is a problem of
//     its row, with the question spelled out.
//   - All broken rules of a row are told at once.
//   - Hostile files (money rule 13) cost bounded memory and time, see Limits,
//     and never more than an error. No formula is run, no link is followed.
//
// Rules that need the whole file to see (duplicates, caps), refs and costs are
// batch.Assign's, which Read calls. Formulas are taken at the value that
// the spreadsheet program saved beside them.
package ingest
