package lang

import "time"

// dated is a time of which only the day is told.
type dated interface{ Dated() time.Time }

// day writes the day of a time.
func (p *Printer) day(at time.Time) string { return at.Local().Format(time.DateOnly) }
