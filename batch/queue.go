package batch

import (
	"container/heap"
	"time"
)

// queue is what is to be sent, in the order of the file, save that two rows for
// one phone are kept apart: operators refuse a number that was topped up a
// moment ago. It belongs to one goroutine.
type queue struct {
	gap     time.Duration
	rows    []*RowStatus // in the file's order; of a row only what never changes is read
	first   []*RowStatus // to be sent again, before all others
	waiting laterRows    // waiting for their phone
	last    map[Phone]time.Time
}

func newQueue(gap time.Duration) queue { return queue{gap: gap, last: map[Phone]time.Time{}} }

func (q *queue) add(s *RowStatus) { q.rows = append(q.rows, s) }

// again puts a row in front that turned out not to have been sent: its phone has
// not been topped up, so nothing has to be kept apart from that.
func (q *queue) again(s *RowStatus, now time.Time) {
	q.first = append(q.first, s)
	if !q.last[s.Topup.Phone].After(now) {
		delete(q.last, s.Topup.Phone)
	}
}

func (q *queue) empty() bool { return len(q.rows)+len(q.first)+len(q.waiting) == 0 }

// next is the row to send now; nil if there is none, and then how long until
// there is one (0: none is waiting). The row stays until pop.
func (q *queue) next(now time.Time) (*RowStatus, time.Duration) {
	for {
		var s *RowStatus
		switch {
		case len(q.waiting) > 0 && !q.waiting[0].at.After(now):
			return q.waiting[0].row, 0
		case len(q.first) > 0:
			s = q.first[len(q.first)-1]
		case len(q.rows) > 0:
			s = q.rows[0]
		case len(q.waiting) > 0:
			return nil, q.waiting[0].at.Sub(now)
		default:
			return nil, 0
		}
		at, sent := q.last[s.Topup.Phone]
		if q.gap == 0 || !sent || now.Sub(at) >= q.gap {
			return s, 0
		}
		q.drop(s)
		heap.Push(&q.waiting, laterRow{at.Add(q.gap), s})
		q.last[s.Topup.Phone] = at.Add(q.gap) // a third row of this phone waits for the second
	}
}

// pop takes out the row that next gave.
func (q *queue) pop(s *RowStatus, now time.Time) {
	if q.gap > 0 {
		if at := q.last[s.Topup.Phone]; now.After(at) {
			q.last[s.Topup.Phone] = now
		}
	}
	q.drop(s)
}

func (q *queue) drop(s *RowStatus) {
	switch {
	case len(q.waiting) > 0 && q.waiting[0].row == s:
		heap.Pop(&q.waiting)
	case len(q.first) > 0 && q.first[len(q.first)-1] == s:
		q.first = q.first[:len(q.first)-1]
	default:
		q.rows = q.rows[1:]
	}
}

// laterRows is a heap, the earliest on top.
type laterRows []laterRow

type laterRow struct {
	at  time.Time
	row *RowStatus
}

func (h laterRows) Len() int           { return len(h) }
func (h laterRows) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h laterRows) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *laterRows) Push(x any)        { *h = append(*h, x.(laterRow)) }
func (h *laterRows) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
