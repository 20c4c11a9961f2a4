// Package ingest turns the bytes of a spreadsheet into rows that are valid
// top-ups, or that say what is wrong with them and where. It reads statements of
// the account, too.
//
// Bytes become entries, entries become rows. Workbooks are read by package xlsx;
// what its errors and limits are is in package fault.
//
//	read.go           Read and what it returns; file.go, errors.go
//	kind.go           what the file is, by its content
//	encoding.go       text in whatever encoding → UTF-8; codepage.go
//	delimiter.go      , ; tab or |
//	lines.go          text → records, damage named
//	csv.go            records → rows as wide as the header
//	csv_rows.go       rows → entries, decoded by gocsv
//	payroll_sheet.go  which sheet is the payroll: all are read to their end first
//	sheet.go          rows of cells → entries
//	head.go           which of the first rows is the header
//	header.go         which column is phone, plan, amount, id; cellerror.go
//	owncolumns.go     columns that flexybatch itself has added, passed over
//	rows.go           an entry held to the row rules; phone.go, plan.go
//	amount.go         dinars as people write them
//	total.go          lines that are no payments: totals, the header once more
//	aside.go          lines of text below a total
//	doubts.go         what somebody should look at before anything is sent
//	statement.go      the account's transactions, on the same readers
//
// What it promises:
//   - No row is lost. A file that is cut short, damaged or doubtful is an error
//     that names the place; it never becomes a shorter list of rows.
//   - Nothing is guessed. A cell that can be read in two ways is a problem of
//     its row, with the question spelled out; a column that may be meant is an
//     error that lists the columns, so that a person can be asked.
//   - All broken rules of a row are told at once.
//   - Hostile files (money rule 13) cost bounded memory and time, see Limits,
//     and never more than an error. No formula is run, no link is followed.
//
// Rules that need the whole file to see (duplicates, caps), refs and costs are
// batch.Assign's, which Read calls. Formulas are taken at the value that the
// spreadsheet program saved beside them.
//
// Old workbooks (.xls) stay refused, with advice. Their format has no checksums,
// and neither reader that was tried is strict: of files that were cut short or had
// one bit changed, extrame/xls gave out fewer cells without an error for a quarter,
// and shakinm/xlsReader other or fewer cells for up to three in ten, besides panics
// and endless loops.
package ingest
