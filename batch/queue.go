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
	rows    []*RowStatus           // in the file's order; only fields that never change are read
	first   []*RowStatus           // to be sent again, before all others; the last one first
	paused  pausedRows             // to be sent again after a pause, since an attempt was lost
	waiting map[Phone][]*RowStatus // they wait because their phone was used a moment ago
	free    phoneTimers            // when the phones of waiting become free
	used    map[Phone]phoneUse
}

// phoneUse is the last send that may have reached a phone.
type phoneUse struct {
	at  time.Time
	row *RowStatus // nil if an earlier process sent it
}

// newQueue returns an empty queue; gap is the shortest time between two sends to
// one phone, and 0 means that there is none.
func newQueue(gap time.Duration) queue {
	return queue{gap: gap, waiting: map[Phone][]*RowStatus{}, used: map[Phone]phoneUse{}}
}

// add puts a row behind the others.
func (q *queue) add(s *RowStatus) { q.rows = append(q.rows, s) }

// reached notes that an earlier process may have reached a phone at this time.
func (q *queue) reached(phone Phone, at time.Time) {
	if q.gap > 0 && at.After(q.used[phone].at) {
		q.used[phone] = phoneUse{at: at}
	}
}

// again puts a row that was surely not sent in front of the others. Its phone was
// not reached, so other rows for the same phone need not wait for it.
func (q *queue) again(s *RowStatus, now time.Time) {
	q.first = append(q.first, s)
	q.notReached(s, now)
}

// notReached notes that a row has not reached its phone after all.
func (q *queue) notReached(s *RowStatus, now time.Time) {
	phone := s.Topup.Phone
	if q.used[phone].row != s {
		return
	}
	delete(q.used, phone)
	if len(q.waiting[phone]) > 0 {
		heap.Push(&q.free, phoneTimer{now, phone})
	}
}

// repeat puts a row into the queue that was surely not sent although its attempts
// were lost. It is sent after a pause.
func (q *queue) repeat(s *RowStatus, now time.Time, pause time.Duration) {
	heap.Push(&q.paused, pausedRow{now.Add(pause), s})
	q.notReached(s, now)
}

// empty reports whether no row is left to send, apart from repeats.
func (q *queue) empty() bool { return len(q.rows)+len(q.first)+len(q.waiting) == 0 }

// repeats returns how many rows wait to be sent again after a pause.
func (q *queue) repeats() int { return len(q.paused) }

// giveUpRepeats drops the rows that wait to be sent again after a pause.
func (q *queue) giveUpRepeats() { q.paused = nil }

// next returns the row to send now. If there is none, it returns nil and how long
// to wait for one; 0 means that no row is waiting. The row stays in the queue
// until pop.
func (q *queue) next(now time.Time) (*RowStatus, time.Duration) {
	for {
		s, wait := q.candidate(now)
		if s == nil {
			return nil, wait
		}
		phone := s.Topup.Phone
		at := q.freeAt(phone)
		switch {
		case !at.After(now):
			return s, 0
		case q.waits(s): // its phone was used again meanwhile
			q.free[0].at = at
			heap.Fix(&q.free, 0)
			continue
		}
		q.drop(s)
		if q.waiting[phone] = append(q.waiting[phone], s); len(q.waiting[phone]) == 1 {
			heap.Push(&q.free, phoneTimer{at, phone})
		}
	}
}

// waits reports whether the row is the first of those that wait for its phone.
func (q *queue) waits(s *RowStatus) bool {
	waiting := q.waiting[s.Topup.Phone]
	return len(waiting) > 0 && waiting[0] == s
}

// candidate returns the row whose turn it is, whether or not its phone is free. If
// there is none, it returns nil and how long to wait, as next does.
func (q *queue) candidate(now time.Time) (*RowStatus, time.Duration) {
	for len(q.free) > 0 && len(q.waiting[q.free[0].phone]) == 0 {
		heap.Pop(&q.free) // its rows were sent after another timer
	}
	switch {
	case len(q.first) > 0:
		return q.first[len(q.first)-1], 0
	case len(q.paused) > 0 && !q.paused[0].at.After(now):
		return q.paused[0].row, 0
	case len(q.free) > 0 && !q.free[0].at.After(now):
		return q.waiting[q.free[0].phone][0], 0
	case len(q.rows) > 0:
		return q.rows[0], 0
	}
	var wait time.Duration
	if len(q.free) > 0 {
		wait = q.free[0].at.Sub(now)
	}
	if len(q.paused) > 0 && (wait == 0 || q.paused[0].at.Sub(now) < wait) {
		wait = q.paused[0].at.Sub(now)
	}
	return nil, wait
}

// freeAt returns when a phone may be used again.
func (q *queue) freeAt(phone Phone) time.Time {
	use, ok := q.used[phone]
	if q.gap == 0 || !ok {
		return time.Time{}
	}
	return use.at.Add(q.gap)
}

// pop takes the row that next returned out of the queue and notes that its phone
// is used now.
func (q *queue) pop(s *RowStatus, now time.Time) {
	q.drop(s)
	if q.gap == 0 {
		return
	}
	phone := s.Topup.Phone
	q.used[phone] = phoneUse{now, s}
	if len(q.waiting[phone]) > 0 {
		heap.Push(&q.free, phoneTimer{now.Add(q.gap), phone})
	}
}

// drop takes the row that candidate returned out of the queue.
func (q *queue) drop(s *RowStatus) {
	phone := s.Topup.Phone
	switch {
	case len(q.first) > 0 && q.first[len(q.first)-1] == s:
		q.first = q.first[:len(q.first)-1]
	case len(q.rows) > 0 && q.rows[0] == s:
		q.rows = q.rows[1:]
	case len(q.paused) > 0 && q.paused[0].row == s:
		heap.Pop(&q.paused)
	default:
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
	row *RowStatus
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
