package lang

import "time"

// unit is a unit of a time span, and from which span on people count in it.
type unit struct {
	length, from time.Duration
	count        func(n int) Message
}

// units returns the units of a time span, the largest first.
func units() []unit {
	return []unit{
		{24 * time.Hour, 48 * time.Hour, func(n int) Message { return Count(n, "%d day", "%d days") }},
		{time.Hour, time.Hour, func(n int) Message { return Count(n, "%d hour", "%d hours") }},
		{time.Minute, time.Minute, func(n int) Message { return Count(n, "%d minute", "%d minutes") }},
		{time.Second, time.Second, func(n int) Message { return Count(n, "%d second", "%d seconds") }},
		{time.Millisecond, time.Millisecond, func(n int) Message { return Count(n, "%d millisecond", "%d milliseconds") }},
	}
}

// Duration makes a message of a time span, in its two largest units: "2 hours, 5
// minutes". Some seconds are said with one decimal.
func Duration(d time.Duration) Message {
	d = d.Abs()
	if d >= time.Second && d < 10*time.Second && d.Round(100*time.Millisecond)%time.Second != 0 {
		return Msg("%.1f s", d.Seconds())
	}
	units := units()
	for i, u := range units {
		switch {
		case d < u.from:
		case u.length <= time.Second:
			return u.count(int(d.Round(u.length) / u.length))
		default:
			small := units[i+1]
			d = d.Round(small.length)
			if d%u.length == 0 {
				return u.count(int(d / u.length))
			}
			return Msg("%s", []Message{u.count(int(d / u.length)), small.count(int(d % u.length / small.length))})
		}
	}
	return Count(0, "%d second", "%d seconds")
}
