package batch

import (
	"container/heap"
	"time"
)

// queue holds the rows to send, in the order of the file. It keeps two rows for
// the same phone apart, because operators refuse a number that was topped up a
// moment ago. It belongs to one goroutine.
type queue struct {
	gap     time.Duration
	phone   func(position) Phone // returns the phone of a row
	rows    []position           // in the file's order
	first   []position           // to be sent again, before all others; the last one first
	paused  pausedRows           // to be sent again after a pause, since an attempt was lost
	waiting map[Phone][]position // they wait because their phone was used a moment ago
	free    phoneTimers          // when the phones of waiting become free
	used    map[Phone]phoneUse
}

// phoneUse is the last send that may have reached a phone.
type phoneUse struct {
	at      time.Time
	row     position
	earlier bool // an earlier process sent it, and row says nothing
}

// newQueue returns an empty queue; gap is the shortest time between two sends to
// one phone, and 0 means that there is none. phone returns the phone of a row.
func newQueue(gap time.Duration, phone func(position) Phone) queue {
	return queue{gap: gap, phone: phone, waiting: map[Phone][]position{}, used: map[Phone]phoneUse{}}
}

// add puts a row behind the others.
func (q *queue) add(row position) { q.rows = append(q.rows, row) }

// reached notes that an earlier process may have reached a phone at this time.
func (q *queue) reached(phone Phone, at time.Time) {
	if q.gap > 0 && at.After(q.used[phone].at) {
		q.used[phone] = phoneUse{at: at, earlier: true}
	}
}

// again puts a row that was surely not sent in front of the others. Its phone was
// not reached, so other rows for the same phone need not wait for it.
func (q *queue) again(row position, now time.Time) {
	q.first = append(q.first, row)
	q.notReached(row, now)
}

// notReached notes that a row has not reached its phone after all.
func (q *queue) notReached(row position, now time.Time) {
	phone := q.phone(row)
	if use, used := q.used[phone]; !used || use.earlier || use.row != row {
		return
	}
	delete(q.used, phone)
	if len(q.waiting[phone]) > 0 {
		heap.Push(&q.free, phoneTimer{now, phone})
	}
}

// repeat puts a row into the queue that was surely not sent although its attempts
// were lost. It is sent after a pause.
func (q *queue) repeat(row position, now time.Time, pause time.Duration) {
	heap.Push(&q.paused, pausedRow{now.Add(pause), row})
	q.notReached(row, now)
}

// empty reports whether no row is left to send, apart from repeats.
func (q *queue) empty() bool { return len(q.rows)+len(q.first)+len(q.waiting) == 0 }

// repeats returns how many rows wait to be sent again after a pause.
func (q *queue) repeats() int { return len(q.paused) }

// giveUpRepeats drops the rows that wait to be sent again after a pause.
func (q *queue) giveUpRepeats() { q.paused = nil }

// next returns the row to send now, and true. If there is none, it returns false and
// how long to wait for one; 0 means that no row is waiting. The row stays in the queue
// until pop.
func (q *queue) next(now time.Time) (row position, wait time.Duration, ok bool) {
	for {
		row, wait, ok := q.candidate(now)
		if !ok || q.gap == 0 {
			return row, wait, ok
		}
		phone := q.phone(row)
		at := q.freeAt(phone)
		switch {
		case !at.After(now):
			return row, 0, true
		case q.waits(row): // its phone was used again meanwhile
			q.free[0].at = at
			heap.Fix(&q.free, 0)
			continue
		}
		q.drop(row)
		if q.waiting[phone] = append(q.waiting[phone], row); len(q.waiting[phone]) == 1 {
			heap.Push(&q.free, phoneTimer{at, phone})
		}
	}
}

// waits reports whether the row is the first of those that wait for its phone.
func (q *queue) waits(row position) bool {
	waiting := q.waiting[q.phone(row)]
	return len(waiting) > 0 && waiting[0] == row
}

// candidate returns the row whose turn it is, whether or not its phone is free. If
// there is none, it returns false and how long to wait, as next does.
func (q *queue) candidate(now time.Time) (row position, wait time.Duration, ok bool) {
	for len(q.free) > 0 && len(q.waiting[q.free[0].phone]) == 0 {
		heap.Pop(&q.free) // its rows were sent after another timer
	}
	switch {
	case len(q.first) > 0:
		return q.first[len(q.first)-1], 0, true
	case len(q.paused) > 0 && !q.paused[0].at.After(now):
		return q.paused[0].row, 0, true
	case len(q.free) > 0 && !q.free[0].at.After(now):
		return q.waiting[q.free[0].phone][0], 0, true
	case len(q.rows) > 0:
		return q.rows[0], 0, true
	}
	if len(q.free) > 0 {
		wait = q.free[0].at.Sub(now)
	}
	if len(q.paused) > 0 && (wait == 0 || q.paused[0].at.Sub(now) < wait) {
		wait = q.paused[0].at.Sub(now)
	}
	return 0, wait, false
}

// freeAt returns when a phone may be used again.
func (q *queue) freeAt(phone Phone) time.Time {
	use, ok := q.used[phone]
	if !ok {
		return time.Time{}
	}
	return use.at.Add(q.gap)
}

// pop takes the row that next returned out of the queue and notes that its phone
// is used now.
func (q *queue) pop(row position, now time.Time) {
	q.drop(row)
	if q.gap == 0 {
		return
	}
	phone := q.phone(row)
	q.used[phone] = phoneUse{at: now, row: row}
	if len(q.waiting[phone]) > 0 {
		heap.Push(&q.free, phoneTimer{now.Add(q.gap), phone})
	}
}

// drop takes the row that candidate returned out of the queue.
func (q *queue) drop(row position) {
	switch {
	case len(q.first) > 0 && q.first[len(q.first)-1] == row:
		q.first = q.first[:len(q.first)-1]
	case len(q.rows) > 0 && q.rows[0] == row:
		q.rows = q.rows[1:]
	case len(q.paused) > 0 && q.paused[0].row == row:
		heap.Pop(&q.paused)
	default:
		phone := q.phone(row)
		heap.Pop(&q.free) // the timer that made it a candidate
		if q.waiting[phone] = q.waiting[phone][1:]; len(q.waiting[phone]) == 0 {
			delete(q.waiting, phone)
		}
	}
}

// phoneTimers is a heap with the phone that becomes free first on top. Each phone
// that rows wait for is on it, some more than once.
type phoneTimers []phoneTimer

// phoneTimer is a phone and when it becomes free.
type phoneTimer struct {
	at    time.Time
	phone Phone
}

func (h phoneTimers) Len() int           { return len(h) }
func (h phoneTimers) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h phoneTimers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *phoneTimers) Push(x any)        { *h = append(*h, x.(phoneTimer)) }
func (h *phoneTimers) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// pausedRows is a heap with the row that may be sent first on top.
type pausedRows []pausedRow

// pausedRow is a row and when it may be sent again.
type pausedRow struct {
	at  time.Time
	row position
}

func (h pausedRows) Len() int           { return len(h) }
func (h pausedRows) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h pausedRows) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *pausedRows) Push(x any)        { *h = append(*h, x.(pausedRow)) }
func (h *pausedRows) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
