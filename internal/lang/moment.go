package lang

import "time"

// Moment is a time of which a message says a part, or more than the minute. A
// time.Time that is passed to a message as it is says its day and its minute where
// the reader is.
type Moment struct {
	at     time.Time
	layout func(style) string
	utc    bool
}

// Day says a time's day.
func Day(at time.Time) Moment { return Moment{at, func(s style) string { return s.day }, false} }

// Clock says a time's hour and minute.
func Clock(at time.Time) Moment { return Moment{at, func(style) string { return "15:04" }, false} }

// ClockSecond says a time's hour, minute and second.
func ClockSecond(at time.Time) Moment {
	return Moment{at, func(style) string { return "15:04:05" }, false}
}

// Short says a time's day without its year, and its minute.
func Short(at time.Time) Moment { return Moment{at, func(s style) string { return s.short }, false} }

// Second says a time to the second.
func Second(at time.Time) Moment { return Moment{at, func(s style) string { return s.second }, false} }

// Exact says a time to the millisecond.
func Exact(at time.Time) Moment { return Moment{at, func(s style) string { return s.exact }, false} }

// UTC says a time in UTC, and that it is: for what people in several places compare.
func UTC(at time.Time) Moment {
	return Moment{at, func(s style) string { return s.zoned }, true}
}

func minute(at time.Time) Moment {
	return Moment{at, func(s style) string { return s.minute }, false}
}

// String returns the moment in English.
func (m Moment) String() string { return m.in(english) }

func (m Moment) in(s style) string {
	at := m.at.Local()
	if m.utc {
		at = m.at.UTC()
	}
	return at.Format(m.layout(s))
}

// CellTimes returns the number format of a workbook's cells that hold times.
func (p *Printer) CellTimes() string { return p.style().cell }
