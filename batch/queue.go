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
	rows    []*RowStatus        // in the file's order; only fields that never change are read
	first   []*RowStatus        // to be sent again, before all others; the last one first
	waiting laterRows           // they wait because their phone was used a moment ago
	last    map[Phone]time.Time // when each phone was last used, or will be by a waiting row
}

// newQueue returns an empty queue; gap is the shortest time between two sends to
// one phone, and 0 means that there is none.
func newQueue(gap time.Duration) queue { return queue{gap: gap, last: map[Phone]time.Time{}} }

// add puts a row behind the others.
func (q *queue) add(s *RowStatus) { q.rows = append(q.rows, s) }

// again puts a row that was surely not sent in front of the others. Its phone was
// not topped up, so later rows for the same phone need not wait.
func (q *queue) again(s *RowStatus, now time.Time) {
	q.first = append(q.first, s)
	if !q.last[s.Topup.Phone].After(now) {
		delete(q.last, s.Topup.Phone)
	}
}

// empty reports whether no row is left to send.
func (q *queue) empty() bool { return len(q.rows)+len(q.first)+len(q.waiting) == 0 }

// next returns the row to send now. If there is none, it returns nil and how long
// to wait for one; 0 means that no row is waiting. The row stays in the queue
// until pop.
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
		q.last[s.Topup.Phone] = at.Add(q.gap) // a third row for this phone waits for the second
	}
}

// pop takes the row that next returned out of the queue and notes that its phone
// is used now.
func (q *queue) pop(s *RowStatus, now time.Time) {
	if q.gap > 0 {
		if at := q.last[s.Topup.Phone]; now.After(at) {
			q.last[s.Topup.Phone] = now
		}
	}
	q.drop(s)
}

// drop takes the row that next returned out of the queue.
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

// laterRows is a heap with the row that may be sent first on top.
type laterRows []laterRow

// laterRow is a row and when it may be sent.
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
