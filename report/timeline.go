package report

import (
	"math"
	"time"

	"flexybatch/batch"
)

// buckets counts how many rows came to their end in each stretch of a batch's
// time.
type buckets struct {
	from  time.Time
	width time.Duration
	rows  []int
}

// mostBuckets is how many a chart shows well.
const mostBuckets = 40

// widths of a bucket that people find easy to read.
var widths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// settledOverTime counts the rows that were sent and came to their end. They are
// gone through twice, and nothing is kept of them.
func settledOverTime(from Books) buckets {
	var b buckets
	var last time.Time
	from.Each(func(s *batch.RowStatus) bool {
		if t := s.Settled(); !t.IsZero() {
			if b.from.IsZero() || t.Before(b.from) {
				b.from = t
			}
			if t.After(last) {
				last = t
			}
		}
		return true
	})
	if b.from.IsZero() {
		return b
	}
	span := last.Sub(b.from)
	for _, b.width = range widths {
		if span < mostBuckets*b.width {
			break
		}
	}
	if day := widths[len(widths)-1]; span >= mostBuckets*day {
		b.width = day * time.Duration(math.Ceil(float64(span+1)/float64(mostBuckets*day)))
	}
	b.from = b.from.Truncate(min(b.width, time.Hour)) // whole hours are whole in every zone of today but a few
	b.rows = make([]int, int(last.Sub(b.from)/b.width)+1)
	from.Each(func(s *batch.RowStatus) bool {
		if t := s.Settled(); !t.IsZero() {
			b.rows[t.Sub(b.from)/b.width]++
		}
		return true
	})
	return b
}

// layout is how a bucket's end is written below a chart.
func (b *buckets) layout() string {
	last := b.from.Add(time.Duration(len(b.rows)) * b.width)
	switch {
	case b.width >= 24*time.Hour:
		return "2006-01-02"
	case b.from.Local().YearDay() != last.Local().YearDay():
		return "01-02 15:04"
	case b.width >= time.Minute:
		return "15:04"
	}
	return "15:04:05"
}

// overTime is the sheet of the figures of a chart: how many rows were settled
// until when.
func (b *book) overTime() error {
	st := b.styles
	b.settled = settledOverTime(b.books)
	w, err := b.sheet("Overtime", b.Title("Over time"), []column{
		{title: b.Title("time"), width: 16, style: st.text}, {title: b.Title("until"), width: 20, style: st.date},
		{title: b.Title("rows settled"), width: 14, style: st.whole}, {title: b.Title("rows settled so far"), width: 20, style: st.whole},
	})
	if err != nil {
		return err
	}
	layout, all := b.settled.layout(), 0
	for i, n := range b.settled.rows {
		until := b.settled.from.Add(time.Duration(i+1) * b.settled.width)
		all += n
		if err := w.write(until.Local().Format(layout), until, n, all); err != nil {
			return err
		}
	}
	return w.end()
}
