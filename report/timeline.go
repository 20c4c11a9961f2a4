package report

import (
	"math"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// timeline counts the rows that were settled in each stretch of a batch's time.
type timeline struct {
	from  time.Time
	width time.Duration
	rows  []int
}

// mostStretches is how many stretches a chart shows well.
const mostStretches = 40

// widths are the lengths of a stretch that people find easy to read.
var widths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// newTimeline counts the rows that were sent and settled. It walks the rows twice and
// keeps nothing of them.
func newTimeline(from Books) timeline {
	first, last := settledSpan(from)
	if first.IsZero() {
		return timeline{}
	}
	l := timeline{width: widthFor(last.Sub(first))}
	l.from = first.Truncate(min(l.width, time.Hour)) // a whole hour is one in nearly every time zone
	l.rows = make([]int, int(last.Sub(l.from)/l.width)+1)
	from.Each(func(s *batch.RowStatus) bool {
		if t := s.Settled(); !t.IsZero() {
			l.rows[t.Sub(l.from)/l.width]++
		}
		return true
	})
	return l
}

// settledSpan returns when the first and the last row were settled; zero where none
// was.
func settledSpan(from Books) (first, last time.Time) {
	from.Each(func(s *batch.RowStatus) bool {
		t := s.Settled()
		if t.IsZero() {
			return true
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
		return true
	})
	return first, last
}

// widthFor returns the shortest width of which a span has no more stretches than a
// chart shows well.
func widthFor(span time.Duration) time.Duration {
	for _, width := range widths {
		if span < mostStretches*width {
			return width
		}
	}
	day := widths[len(widths)-1]
	return day * time.Duration(math.Ceil(float64(span+1)/float64(mostStretches*day)))
}

// label returns how the end of a stretch is written below a chart.
func (l *timeline) label() func(time.Time) lang.Moment {
	last := l.from.Add(time.Duration(len(l.rows)) * l.width)
	switch {
	case l.width >= 24*time.Hour:
		return lang.Day
	case l.from.Local().YearDay() != last.Local().YearDay():
		return lang.Short
	case l.width >= time.Minute:
		return lang.Clock
	}
	return lang.ClockSecond
}

// timeline writes the sheet of the figures of a chart: how many rows were settled
// until when.
func (b *book) timeline() error {
	st := b.styles
	b.settled = newTimeline(b.books)
	w, err := b.sheet("Overtime", b.Title("Over time"), []column{
		{title: b.Title("time"), width: 16, style: st.text}, {title: b.Title("until"), width: 20, style: st.date},
		{title: b.Title("rows settled"), width: 14, style: st.whole}, {title: b.Title("rows settled so far"), width: 20, style: st.whole},
	})
	if err != nil {
		return err
	}
	label, all := b.settled.label(), 0
	for i, n := range b.settled.rows {
		until := b.settled.from.Add(time.Duration(i+1) * b.settled.width)
		all += n
		if err := w.write(b.Say(lang.Msg("%s", label(until))), until, n, all); err != nil {
			return err
		}
	}
	return w.end()
}
