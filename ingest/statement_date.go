package ingest

import (
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// dateLayouts are the ways to write a day of a statement: the year first or the
// day first, with one separator throughout. A month never comes first.
var dateLayouts = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2-1-2006", "2/1/2006", "2.1.2006"}

// timeLayouts are the ways to write the time behind a day. A fraction may follow
// the seconds.
var timeLayouts = []string{"", " 15:04:05", " 15:04", "T15:04:05", "T15:04", "T15:04:05Z07:00"}

// The days that a workbook's number may stand for: those of this century.
const (
	firstDay = 36_526 // 2000-01-01
	lastDay  = 73_051 // 2100-01-01
)

// readMoment reads a time of a statement; one without a zone is this machine's. A
// number is a workbook's own date. An empty text is the zero time.
func readMoment(s string) (t time.Time, ok bool) {
	if s == "" {
		return time.Time{}, true
	}
	if days, err := strconv.ParseFloat(s, 64); err == nil && days >= firstDay && days < lastDay {
		t, err := excelize.ExcelDateToTime(days, false)
		t = t.Round(time.Second)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local), err == nil
	}
	for _, date := range dateLayouts {
		for _, clock := range timeLayouts {
			if t, err := time.ParseInLocation(date+clock, s, time.Local); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
