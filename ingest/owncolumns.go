package ingest

import (
	"slices"
	"strings"

	"flexybatch/batch"
)

// ownPrefix begins the titles of columns that flexybatch itself adds to a
// payroll: what to mend in a check, why a row was not paid in a file to be sent
// again. They say nothing about what is to be paid, so a file that has them is
// read as the file that it was made from.
const ownPrefix = "flexybatch:"

// CheckColumn is the title of the column that a check puts in front, as package
// report writes it.
const CheckColumn = "flexybatch: what to mend"

// ownColumns are the columns of a table that are flexybatch's own.
type ownColumns struct {
	at     []int // counted from 0, in order
	origin int   // batch.OriginColumn among them; -1: there is none
}

// ownOf finds them in a row, if it is a header that has any.
func ownOf(row []string) ownColumns {
	own := ownColumns{origin: -1}
	for i, title := range row {
		title = strings.TrimSpace(title)
		if len(title) > len(ownPrefix) && strings.EqualFold(title[:len(ownPrefix)], ownPrefix) {
			own.at = append(own.at, i)
		}
		if strings.EqualFold(title, batch.OriginColumn) {
			own.origin = i
		}
	}
	return own
}

// originIn returns what batch.OriginColumn says of a row that has all its columns still.
func (o ownColumns) originIn(row []string) string {
	if o.origin < 0 || o.origin >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[o.origin])
}

// strip takes them out of a row, in place.
func (o ownColumns) strip(row []string) []string {
	for _, i := range slices.Backward(o.at) {
		if i < len(row) {
			row = slices.Delete(row, i, i+1)
		}
	}
	return row
}

// stripped returns where column i of the file is once they are taken out. It reports
// false for one of them.
func (o ownColumns) stripped(i int) (int, bool) {
	before, is := slices.BinarySearch(o.at, i)
	return i - before, !is
}

// inFile returns where a column is in the file.
func (o ownColumns) inFile(i int) int {
	for _, own := range o.at {
		if own <= i {
			i++
		}
	}
	return i
}

// revive takes away the apostrophe that keeps spreadsheet programs from running
// a text of a CSV file, where flexybatch has put it: an id must not change by
// being checked.
func (o ownColumns) revive(row []string) {
	if len(o.at) == 0 {
		return
	}
	for i, text := range row {
		if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(text[1])) {
			row[i] = text[1:]
		}
	}
}

// reportTitles are titles that a sheet of a report of flexybatch has all of, that of
// the rows or that of what is to do, in each language. No payroll has them.
var reportTitles = [][]string{
	{"ref", "state", "charged", "refunded"},
	{"reference", "etat", "debitee", "remboursee"},
	{"المرجع", "الحالة", "المخصوم", "مسترجع"},
	// Its sheets of what is to be done and of changes. That of refunds is a payroll.
	{"ref", "state", "whattodo"}, {"ref", "state", "asthefilewritesit"},
	{"reference", "etat", "quefaire"}, {"reference", "etat", "telquecritdanslefichier"},
	{"المرجع", "الحالة", "ماالعمل"}, {"المرجع", "الحالة", "كماكتبفيالملف"},
}

// isReport tells the header of a report: a person who means to pay again what a
// report says was not paid must not pay everybody in it.
func isReport(row []string) bool {
	titles := make(map[string]bool, len(row))
	for _, title := range row {
		titles[fold(title)] = true
	}
	return slices.ContainsFunc(reportTitles, func(all []string) bool {
		return !slices.ContainsFunc(all, func(title string) bool { return !titles[fold(title)] })
	})
}

// errReport returns the error for a report that is given as a payroll.
func errReport(row int) error {
	return &FileError{Row: row, What: batch.Msg("this is a report of flexybatch, not a payroll: it says what was paid"), Do: batch.Msg("run the payroll itself again; to pay what came back: flexybatch resend"), Err: ErrReport}
}
