package batch

import (
	"container/heap"
	"slices"
	"sync/atomic"
	"time"
)

// polling decides when to look at which open row. One call can show a page of a
// hundred rows of the provider's list, or a single row by its id or ref. Polling
// chooses pages while they show many rows and single calls otherwise. It belongs
// to one goroutine. All its times are counted from the start of the run.
type polling struct {
	poll      time.Duration
	rows      []*polled     // by their positions in the books; nil if a row is not polled
	byNumber  []position    // the rows by the numbers of their orders
	polled    int           // how many rows there are
	parked    int           // how many of them are not worth waiting for
	looking   int           // how many of them a look in flight asks about
	scheduled rowsByDue     // the rows that are not due yet
	dueNow    rowsByDue     // the rows that are due; a row that is being looked at is in neither
	listed    numberSet     // the orders of the rows in dueNow that pages should show where their numbers say
	astray    []*polled     // the rows in dueNow that a page should show further back than their numbers say
	accepted  atomic.Int64  // how many orders of this batch the provider has accepted, which tells how long its list is; workers count on
	ahead     int           // how many more orders the list was seen to have in front: of sends in flight, and of others
	short     int           // how many more rows must be due before a page can be full enough
	firstAge  time.Duration // the age at which a row is first looked at

	eager  bool // calls cost nothing, so a few rows are looked at early, to learn how fast the provider is
	probes int  // how many such rows there were

	pagesAfter time.Duration // the list failed and is not asked for before; single rows are
	pagesPause time.Duration // how long it is left alone after the present failure; 0: it works
}

// polled is an open row, with what is needed to decide when to look at it, in 48 bytes:
// without a budget there may be as many as the batch has rows.
type polled struct {
	since    time.Duration // when the send ended, accepted or with an unknown outcome
	due      time.Duration
	interval time.Duration
	row      position
	nth      int32 // its number among the accepted orders of the batch, from 1
	position int32 // its index in scheduled or in dueNow
	probe    uint8 // how often it was to be looked at early; 0 if it is not any more
	missed   uint8 // how many pages should have shown it and showed no row of the batch
	strayed  uint8 // how many pages should have shown it and showed other rows of the batch
	looked   bool  // it was looked at when it was due, at least once
	single   bool  // it is looked at by a call of its own, not with a page
	parked   bool  // it is not worth waiting for in this run
	isDue    bool  // it is in dueNow; not used while it is being looked at
	listed   bool  // its number is in listed
	looking  bool  // a look at it is in flight
}

// look is one call that asks about open rows: about a page of the list, or about
// one row.
type look struct {
	page     int
	row      *polled
	rows     []*polled // the rows that the page should show
	accepted int       // how many orders of this batch had been accepted when the look was begun
	span     span      // the part of the list that is asked for
	outside  bool      // the page showed orders outside of the span
}

const (
	pageSize     = 100
	worthSending = 80 // a page must show so many rows to be worth a call that could have been a send
	longestPoll  = time.Minute

	mostProbes = 3                // rows that are looked at early
	firstProbe = time.Second / 16 // the age at which they first are; it doubles from look to look

	firstListPause   = 10 * time.Second // how long the list is left alone after its first failure
	longestListPause = 10 * time.Minute
)

// newPolling returns a polling with no rows; poll is the shortest time between
// two looks at a row.
func newPolling(poll time.Duration) *polling {
	// In the vendor's own example an order is final after 15 s, which is three
	// of the intervals that it recommends (API page, Polling).
	return &polling{poll: poll, firstAge: 3 * poll}
}

// oneMore counts the order of a row, if it is known to be accepted, and returns how many
// there are.
func (w *polling) oneMore(s *RowStatus) int {
	if s.TopupID == "" {
		return int(w.accepted.Load())
	}
	return int(w.accepted.Add(1))
}

// add begins to poll a row whose send ended at since, accepted or with an unknown
// outcome. The first look at it is made at due.
func (w *polling) add(s *RowStatus, nth int, since, due time.Duration) {
	x := &polled{row: s.at, since: since, due: due, interval: w.poll, nth: int32(nth), single: s.TopupID == ""}
	if early := x.since + firstProbe; w.eager && w.probes < mostProbes && early < x.due {
		w.probes++
		x.probe, x.due = 1, early
	}
	w.rows = reaching(w.rows, int(s.at))
	w.rows[s.at] = x
	w.polled++
	if !x.single {
		w.byNumber = reaching(w.byNumber, nth)
		w.byNumber[nth] = s.at
	}
	heap.Push(&w.scheduled, x)
}

// reaching returns the slice, longer if it must be to have an element at this index.
func reaching[T any](s []T, index int) []T {
	if more := index + 1 - len(s); more > 0 {
		s = append(s, make([]T, more)...)
	}
	return s
}

// row returns what is polled at a position in the books, or nil.
func (w *polling) row(at position) *polled {
	if int(at) >= len(w.rows) {
		return nil
	}
	return w.rows[at]
}

// firstLook returns when to look first at a row whose send ended at since: at the
// age at which rows of this batch were seen to be final.
func (w *polling) firstLook(since time.Duration) time.Duration { return since + w.firstAge }

// learn adapts the age of the first look to what a look showed of rows that were
// due for the first time: how many were final, at which age the youngest of
// these, and how many were still open. The age drops to the youngest age at which
// a row was final. It grows by a tenth when most of the rows were still open.
func (w *polling) learn(final, open int, youngest time.Duration) {
	least := w.poll
	if w.eager {
		least = firstProbe
	}
	switch {
	case final > 0 && youngest < w.firstAge:
		before := w.firstAge
		w.firstAge = max(youngest, min(least, w.firstAge))
		if w.eager && w.firstAge < before*3/4 {
			w.advance()
		}
	case open > final:
		w.firstAge = min(w.firstAge*11/10, longestPoll)
	}
}

// advance schedules the rows that were never looked at by the present age of the first
// look, which is much lower than when they were scheduled.
func (w *polling) advance() {
	for _, x := range w.scheduled {
		if !x.looked && !x.single {
			x.due = min(x.due, x.since+w.firstAge)
		}
	}
	heap.Init(&w.scheduled)
}

// waiting reports whether any row is worth waiting for.
func (w *polling) waiting() bool { return w.polled > w.parked }

// lookOwed reports whether a look is in flight, or a row is due that was never
// looked at: every row is asked about once, however little time there is.
func (w *polling) lookOwed(now time.Duration) bool {
	w.collectDue(now)
	return w.looking > 0 || slices.ContainsFunc(w.dueNow, func(x *polled) bool { return !x.looked })
}

// park sets whether a row is not worth waiting for.
func (w *polling) park(x *polled, parked bool) {
	switch {
	case parked && !x.parked:
		w.parked++
	case x.parked && !parked:
		w.parked--
	}
	x.parked = parked
}

// next returns the look to make now. If there is none, it returns nil and how
// long to wait before asking again; 0 means that no row is polled. When thrifty,
// only a page that shows many rows is worth a call. In a rush only rows that are looked
// at early are.
func (w *polling) next(now time.Duration, thrifty, rush bool) (*look, time.Duration) {
	w.collectDue(now)
	further := longestPoll // how long until one more row is due
	if len(w.scheduled) > 0 {
		further = w.scheduled[0].due - now
	}
	if len(w.dueNow) == 0 {
		if len(w.scheduled) == 0 {
			return nil, 0
		}
		return nil, further
	}
	oldest := w.dueNow[0]
	if oldest.probe > 0 && !thrifty {
		return &look{row: oldest}, 0
	}
	if rush {
		return nil, min(w.poll, rushPause)
	}
	if now < w.pagesAfter {
		if thrifty {
			return nil, w.poll
		}
		return &look{row: oldest}, 0
	}
	// A call is worth more if it shows more rows, so it waits a little for others
	// that will soon be due.
	patience := w.poll - (now - oldest.due)
	waits := thrifty || len(w.scheduled) > 0 && patience > 0
	if waits && w.short > 0 {
		return nil, w.pause(thrifty, patience, further)
	}
	accepted := int(w.accepted.Load())
	best, shows := w.fullest(accepted)
	w.short = worthSending - shows
	switch {
	case shows >= worthSending:
	case waits:
		return nil, w.pause(thrifty, patience, further)
	case shows < 2:
		return &look{row: oldest}, 0
	}
	return w.lookAtPage(best, accepted), 0
}

// pause returns how long to wait for a page that is full enough.
func (w *polling) pause(thrifty bool, patience, further time.Duration) time.Duration {
	if thrifty {
		return w.poll
	}
	return min(patience, further)
}

// fullest returns the page that should show the most of the rows that are due, and how
// many, after so many orders were accepted. Of full pages it returns the one furthest back.
func (w *polling) fullest(accepted int) (page, rows int) {
	for p := (accepted+w.ahead)/pageSize + 1; p > 0 && rows < pageSize; p-- {
		if n := w.listed.count(w.numbers(p, accepted)); n > rows {
			page, rows = p, n
		}
	}
	further := map[int]int{}
	for _, x := range w.astray {
		p := w.page(x, accepted)
		if further[p] == 0 {
			further[p] = w.listed.count(w.numbers(p, accepted))
		}
		if further[p]++; further[p] > rows {
			page, rows = p, further[p]
		}
	}
	return page, min(rows, pageSize)
}

// lookAtPage returns a look at the rows that are due and that the page should show.
func (w *polling) lookAtPage(page, accepted int) *look {
	l := &look{page: page, accepted: accepted, rows: make([]*polled, 0, pageSize)}
	for n := range w.listed.each(w.numbers(page, accepted)) {
		l.rows = append(l.rows, w.rows[w.byNumber[n]])
	}
	for _, x := range w.astray {
		if len(l.rows) < pageSize && w.page(x, accepted) == page {
			l.rows = append(l.rows, x)
		}
	}
	return l
}

// found takes into account where in the list a look found its rows: how much further
// back than by the orders of this batch that are known.
func (w *polling) found(l *look, shown []lookedAt) {
	sum, n := 0, 0
	for _, s := range shown {
		if x := w.row(s.row.at); x != nil && x.nth > 0 {
			sum += (l.page-1)*pageSize + s.at - (l.accepted - int(x.nth))
			n++
		}
	}
	const few = 10 // rows, whose order in the list may differ from the order in which they were answered
	if n > 0 {
		w.ahead = max(0, (sum+few*w.ahead)/(n+few))
	}
}

// pageEnded takes the outcome of a look at a page into account. While the list
// fails, rows are looked at one by one, and the list is tried again after pauses
// that grow.
func (w *polling) pageEnded(failed bool, now time.Duration) {
	switch {
	case !failed:
		w.pagesPause, w.pagesAfter = 0, 0
	case now >= w.pagesAfter: // else it was in flight when the list failed
		w.pagesPause = min(max(firstListPause, 2*w.pagesPause), longestListPause)
		w.pagesAfter = now + w.pagesPause
	}
}

// collectDue moves the rows that have become due from scheduled to dueNow.
func (w *polling) collectDue(now time.Duration) {
	for len(w.scheduled) > 0 && w.scheduled[0].due <= now {
		x := heap.Pop(&w.scheduled).(*polled)
		x.isDue = true
		w.short--
		heap.Push(&w.dueNow, x)
		switch {
		case x.single:
		case x.missed > 0:
			w.astray = append(w.astray, x)
		default:
			x.listed = true
			w.listed.add(int(x.nth))
		}
	}
}

// numbers returns the numbers of the first and the last order that a page should show when
// so many were accepted. The newest order is on the first page; orders of other programs on
// the account move it further back.
func (w *polling) numbers(page, accepted int) (first, last int) {
	last = accepted + w.ahead - (page-1)*pageSize
	return last - pageSize + 1, last
}

// page returns the page of the list that should show x when so many orders were accepted.
func (w *polling) page(x *polled, accepted int) int {
	return (accepted-int(x.nth)+w.ahead)/pageSize + 1 + int(x.missed)
}

// miss notes that a page did not show the row and should have. If it showed others, the
// row was near its end, or the list grew meanwhile; else the row is further back. A row
// that was missed too often is looked at by itself.
func (x *polled) miss(others bool) {
	switch {
	case x.single:
	case others:
		x.strayed++
	default:
		x.missed++
	}
	x.single = x.single || x.missed > 1 || x.strayed > 3
}

// begin takes the rows of a look out of both lists until the look has ended.
func (w *polling) begin(l *look) {
	for _, x := range l.all() {
		w.remove(x)
		x.looking = true
		w.looking++
	}
}

// remove takes a row out of scheduled or dueNow, or ends the look at it.
func (w *polling) remove(x *polled) {
	switch {
	case x.looking:
		x.looking = false
		w.looking--
	case x.isDue:
		heap.Remove(&w.dueNow, int(x.position))
		x.isDue = false
		if at := slices.Index(w.astray, x); at >= 0 {
			w.astray = slices.Delete(w.astray, at, at+1)
		}
		if x.listed {
			x.listed = false
			w.listed.remove(int(x.nth))
		}
	default:
		heap.Remove(&w.scheduled, int(x.position))
	}
}

// all returns the rows that the look asks about.
func (l *look) all() []*polled {
	if l.row != nil {
		return []*polled{l.row}
	}
	return l.rows
}

// drop ends the polling of a row.
func (w *polling) drop(x *polled) {
	w.remove(x)
	w.park(x, false)
	w.rows[x.row] = nil
	w.polled--
}

// schedule sets when a row is next looked at.
func (w *polling) schedule(x *polled, due time.Duration) {
	if w.rows[x.row] != x {
		return // another look has dropped it meanwhile
	}
	w.remove(x)
	x.due, x.isDue = due, false
	heap.Push(&w.scheduled, x)
}

// postpone schedules the next look at a row that is still open: at the age of the
// first look, and after that at intervals that grow.
func (w *polling) postpone(x *polled, now time.Duration) {
	x.looked = true
	if first := x.since + w.firstAge; first > now {
		if x.probe > 0 {
			first = min(first, max(x.since+firstProbe<<x.probe, now+firstProbe))
			x.probe++
		}
		w.schedule(x, first)
		return
	}
	x.probe = 0
	w.schedule(x, now+x.interval)
	x.interval = min(x.interval*3/2, max(longestPoll, w.poll))
}

// rowsByDue is a heap with the row that is due first on top.
type rowsByDue []*polled

func (h rowsByDue) Len() int           { return len(h) }
func (h rowsByDue) Less(i, j int) bool { return h[i].due < h[j].due }
func (h rowsByDue) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].position, h[j].position = int32(i), int32(j)
}
func (h *rowsByDue) Push(x any) {
	x.(*polled).position = int32(len(*h))
	*h = append(*h, x.(*polled))
}
func (h *rowsByDue) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
