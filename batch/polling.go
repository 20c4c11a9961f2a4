package batch

import (
	"container/heap"
	"time"
)

// polling is what is open, and when to look at it next. A page of the
// provider's list shows a hundred rows for the price of one call, so rows are
// looked at page by page while that pays, and one by one where it does not. It
// belongs to one goroutine.
type polling struct {
	poll      time.Duration
	rows      map[Ref]*polled
	scheduled scheduledRows // those that are not due yet
	dueNow    dueRows       // those that are; a row that is being looked at is in neither
	accepted  int           // orders of this batch that the provider has taken so far: how deep its list is
	firstAge  time.Duration // the age at which a row is looked at first
}

// polled is an open row.
type polled struct {
	ref      Ref
	id       string    // the provider's, where it is known
	since    time.Time // when it was accepted, or lost
	due      time.Time
	interval time.Duration
	nth      int  // which of the batch's accepted orders it is, from 1
	looked   bool // at least once, when it was due
	missed   int  // pages that should have shown it
	single   bool
	parked   bool
	position int  // in due or in ripe
	isDue    bool // which of them; meaningless while it is being looked at
	looking  bool
}

// look is one call about open rows: a page of the list, or one row.
type look struct {
	page    int
	row     *polled
	rows    []*polled // that the page should show
	span    span      // of the list that is asked for
	outside bool      // the page has shown orders from outside of it
}

const (
	pageSize     = 100
	worthSending = 80 // rows that a page must show to be worth a call that could have been a send
	longestPoll  = time.Minute
)

func newPolling(poll time.Duration) *polling {
	// By the vendor's own example an order is final after 15 s: three of the
	// looks that it advises (API page, Polling).
	return &polling{poll: poll, rows: map[Ref]*polled{}, firstAge: 3 * poll}
}

// add begins to watch a row that was accepted, or lost, at since. It is looked
// at first when rows of this batch have been seen to become final at its age.
func (w *polling) add(s *RowStatus, since, due time.Time) {
	if s.TopupID != "" {
		w.accepted++
	}
	x := &polled{ref: s.Ref, id: s.TopupID, since: since, due: due, interval: w.poll, nth: w.accepted, single: s.TopupID == ""}
	w.rows[s.Ref] = x
	heap.Push(&w.scheduled, x)
}

// firstLook is when a row that was accepted or lost at since is looked at first.
func (w *polling) firstLook(since time.Time) time.Time {
	return since.Add(w.firstAge)
}

// learn takes in what a look has shown of rows that were due for the first time:
// how many were final, the youngest at which age, and how many were not. The age
// of the first look comes down to any at which a row was final, and goes up by a
// tenth when most were looked at in vain.
func (w *polling) learn(final, open int, youngest time.Duration) {
	switch {
	case final > 0 && youngest < w.firstAge:
		w.firstAge = max(youngest, w.poll)
	case open > final:
		w.firstAge = min(w.firstAge*11/10, longestPoll)
	}
}

// waiting tells whether anything is worth waiting for.
func (w *polling) waiting() bool {
	for _, x := range w.rows {
		if !x.parked {
			return true
		}
	}
	return false
}

// lookOwed tells whether a look is under way, or due that was never made: however
// little time there is, every row is asked about once.
func (w *polling) lookOwed(now time.Time) bool {
	for _, x := range w.rows {
		if x.looking || !x.looked && !x.due.After(now) {
			return true
		}
	}
	return false
}

// next is the look to make now; nil if there is none, and then how long until
// there may be one (0: nothing is watched). When thrifty, only a page that shows
// many rows is worth its call.
func (w *polling) next(now time.Time, thrifty bool) (*look, time.Duration) {
	w.collectDue(now)
	further := longestPoll // until one more row is due
	if len(w.scheduled) > 0 {
		further = w.scheduled[0].due.Sub(now)
	}
	if len(w.dueNow) == 0 {
		if len(w.scheduled) == 0 {
			return nil, 0
		}
		return nil, further
	}
	pages := map[int]int{}
	best, oldest := 0, w.dueNow[0]
	for _, x := range w.dueNow {
		if x.due.Before(oldest.due) {
			oldest = x
		}
		if !x.single {
			p := w.page(x)
			if pages[p]++; pages[p] > pages[best] {
				best = p
			}
		}
	}
	// A call is worth more the more rows it shows: where others will soon be due
	// too, they are waited for, but not for long.
	patience := w.poll - now.Sub(oldest.due)
	switch {
	case pages[best] >= worthSending:
	case thrifty:
		return nil, w.poll
	case len(w.scheduled) > 0 && patience > 0:
		return nil, min(patience, further)
	case pages[best] < 2:
		return &look{row: oldest}, 0
	}
	l := &look{page: best}
	for _, x := range w.dueNow {
		if !x.single && w.page(x) == best {
			l.rows = append(l.rows, x)
		}
	}
	return l, 0
}

// collectDue takes what has become due out of the heap.
func (w *polling) collectDue(now time.Time) {
	for len(w.scheduled) > 0 && !w.scheduled[0].due.After(now) {
		x := heap.Pop(&w.scheduled).(*polled)
		x.isDue, x.position = true, len(w.dueNow)
		w.dueNow = append(w.dueNow, x)
	}
}

// page is the page of the list that should show x: the newest order is on the
// first. Orders of others on the account push it further back.
func (w *polling) page(x *polled) int {
	return (w.accepted-x.nth)/pageSize + 1 + x.missed
}

// begin takes the rows of a look out until it has ended.
func (w *polling) begin(l *look) {
	for _, x := range l.all() {
		w.remove(x)
		x.looking = true
	}
}

// remove takes a row out of the heap, or out of what is due.
func (w *polling) remove(x *polled) {
	switch {
	case x.looking:
		x.looking = false
	case x.isDue:
		w.dueNow.remove(x)
	default:
		heap.Remove(&w.scheduled, x.position)
	}
}

func (l *look) all() []*polled {
	if l.row != nil {
		return []*polled{l.row}
	}
	return l.rows
}

// drop ends the watch of a row.
func (w *polling) drop(x *polled) {
	w.remove(x)
	delete(w.rows, x.ref)
}

// schedule sets when a row is looked at next.
func (w *polling) schedule(x *polled, due time.Time) {
	if w.rows[x.ref] != x {
		return // another look has ended its watch meanwhile
	}
	w.remove(x)
	x.due, x.isDue = due, false
	heap.Push(&w.scheduled, x)
}

// postpone puts the next look at a row off: to the age at which rows have been seen
// final, and from there on further each time.
func (w *polling) postpone(x *polled, now time.Time) {
	x.looked = true
	if first := x.since.Add(w.firstAge); first.After(now) {
		w.schedule(x, first)
		return
	}
	w.schedule(x, now.Add(x.interval))
	x.interval = min(x.interval*3/2, max(longestPoll, w.poll))
}

// dueRows is a list without order.
type dueRows []*polled

func (l *dueRows) remove(x *polled) {
	last := (*l)[len(*l)-1]
	(*l)[x.position], last.position = last, x.position
	*l = (*l)[:len(*l)-1]
	x.isDue = false
}

// scheduledRows is a heap, the row that is due first on top.
type scheduledRows []*polled

func (h scheduledRows) Len() int           { return len(h) }
func (h scheduledRows) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h scheduledRows) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].position, h[j].position = i, j
}
func (h *scheduledRows) Push(x any) {
	x.(*polled).position = len(*h)
	*h = append(*h, x.(*polled))
}
func (h *scheduledRows) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
