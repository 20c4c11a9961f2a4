package ingest

import (
	"slices"
	"strings"
)

// ownPrefix begins the titles of columns that flexybatch itself adds to a
// payroll: what to mend in a check, why a row was not paid in a file to be sent
// again. They say nothing about what is to be paid, so a file that has them is
// read as the file that it was made from.
const ownPrefix = "flexybatch:"

// CheckColumn is the title of the column that a check puts in front, as package
// report writes it.
const CheckColumn = "flexybatch: what to mend"

// ownColumns are the columns of a table that are flexybatch's own, counted from
// 0, in order.
type ownColumns []int

// ownOf finds them in a row, if it is a header that has any.
func ownOf(row []string) (own ownColumns) {
	for i, title := range row {
		if title = strings.TrimSpace(title); len(title) > len(ownPrefix) && strings.EqualFold(title[:len(ownPrefix)], ownPrefix) {
			own = append(own, i)
		}
	}
	return own
}

// strip takes them out of a row, in place.
func (o ownColumns) strip(row []string) []string {
	for _, i := range slices.Backward(o) {
		if i < len(row) {
			row = slices.Delete(row, i, i+1)
		}
	}
	return row
}

// stripped is where column i of the file is once they are taken out. It reports
// false for one of them.
func (o ownColumns) stripped(i int) (int, bool) {
	before, is := slices.BinarySearch(o, i)
	return i - before, !is
}

// inFile is where a column is in the file.
func (o ownColumns) inFile(i int) int {
	for _, own := range o {
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
	if len(o) == 0 {
		return
	}
	for i, text := range row {
		if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(text[1])) {
			row[i] = text[1:]
		}
	}
}
