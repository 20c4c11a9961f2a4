package xlsx

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Oddity is what a cell holds other than a text or a plain number.
type Oddity uint8

// The oddities of a cell.
const (
	Ordinary  Oddity = iota
	Number           // a number whose text is DecimalText of what is stored
	Date             // a number or text that the sheet shows as a date or a time
	Scaled           // a number that the sheet shows as another: as a percentage, or in thousands
	Truth            // TRUE or FALSE
	Fault            // #REF! and its kin
	Uncounted        // a formula whose value was never saved
)

// NotCounted is what stands for the value of a formula that was never saved: it
// is as little a value in a check as it was in the file.
const NotCounted = "=?"

// Letters returns a column's name in a spreadsheet: A for 0, AA for 26.
func Letters(column int) string {
	s := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// spell writes what is stored in an odd cell as its user knows it.
func spell(stored string, odd Oddity, dates1904 bool) string {
	switch odd {
	case Number, Scaled:
		if s, ok := DecimalText(stored); ok {
			return s
		}
	case Uncounted:
		return NotCounted
	case Truth:
		if isTrue(stored) {
			return "TRUE"
		}
		return "FALSE"
	case Date:
		days, err := strconv.ParseFloat(stored, 64)
		if err != nil {
			break // ISO text already
		}
		if t, err := excelize.ExcelDateToTime(days, dates1904); err == nil {
			return strings.TrimSuffix(t.Round(time.Second).Format("2006-01-02 15:04:05"), " 00:00:00")
		}
	}
	return stored
}
