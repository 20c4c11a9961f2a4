// Package xlsx reads the rows of a workbook strictly, of Excel's (.xlsx, .xlsm) as
// of LibreOffice's (.ods). Its contract: every cell that a spreadsheet program
// would show is given out, or there is an error that names the part and the place.
// A workbook that is cut short, changed or doubtful never becomes a shorter list
// of rows.
//
//	zip.go            the parts of a package, each read to its end
//	workbook.go       which sheets there are, and whether they can be seen
//	xmlpart.go        one part → elements and texts, to its end and its checksum
//	scan.go           XML → tokens, strictly; tags.go, xmltext.go
//	sharedstrings.go  the texts that cells share
//	sheet.go          a sheet → rows of cells, held to the rules of its format
//	cell.go           one cell → its text, and what is odd about it
//	encoding.go       a part in whatever encoding → UTF-8
//	styles.go         what the style of a cell says of its value
//	numberformat.go   number formats that show another thing than the cell holds
//	document.go       OpenDocument; table.go, tablecell.go
//	number.go         numbers as spreadsheet programs store them
//	decrypt.go        workbooks under a password, opened by excelize
//
// What it refuses, beyond XML that is not well formed: a wrong checksum, a part
// or an attribute that is there twice, rows or cells out of order, a shared text
// or a style that does not exist, a value that is not of the cell's kind, a
// document type. Programs differ in what they make of these, or drop them in
// silence.
//
// What it accepts, because well-kept programs write it: prefixes for the main
// namespace, the namespaces of strict OOXML, cells and rows without references
// (they follow the one before), part names that differ in case, have backslashes
// or %20, elements of other vocabularies beside ours, alternatives in a list of
// styles, a byte order mark, parts in UTF-16, ASCII and ISO 8859-1, XML 1.1, an
// empty style or relationship, a relationship to styles or shared texts that are
// missing while no cell needs them, an inline text with a value beside it, a filter
// among the rows, and Excel's own password.
//
// Hostile files cost bounded memory and time, see fault.Limits, and never more
// than an error. No formula is run and no link is followed: a formula counts for
// the value that was saved beside it, and one without is Uncounted.
package xlsx
