package batch

import "time"

// lookedAt is a row as a look left it.
type lookedAt struct {
	row     RowStatus
	confirm bool // a list shows it refunded: check-id must confirm it before it is booked
}

// span is a stretch of the provider's list that a look asks for; the zero span
// is all of it.
type span struct{ from, to time.Time }

// clockTolerance is how far the provider's clock is thought to be from the one that the
// books were kept by.
const clockTolerance = 2 * time.Hour

// spanOf is where the list shows the orders of a batch, of which the first and
// the last were sent at these times: a look long after that would have to page
// through all that the account bought since. The whole list, where that is not
// long ago.
func spanOf(first, last, now time.Time) span {
	if first.IsZero() || now.Sub(last) < 2*clockTolerance {
		return span{}
	}
	return span{first.Add(-clockTolerance), last.Add(clockTolerance)}
}

// shows tells whether the span has an order of that time.
func (s span) shows(at time.Time) bool {
	return at.IsZero() || s == span{} || !at.Before(s.from) && !at.After(s.to)
}

// startLook makes one look.
func (r *run) startLook(l *look) {
	r.looking++
	l.span = r.span
	r.looks.Go(func() error {
		res := result{look: l}
		defer func() { r.results <- res }()
		defer recovered(&res)
		if l.row != nil {
			r.lookAt(l.row, &res)
		} else {
			r.lookAtPage(l, &res)
		}
		return nil
	})
}

// lookAt asks for one order: by the provider's id where it is known, else by
// ref.
func (r *run) lookAt(w *polled, res *result) {
	s, _ := r.Books.Row(w.ref)
	asked := time.Now()
	rec := LookRecord{Ref: w.ref, By: "id"}
	var found RemoteOrder
	var err error
	if s.TopupID != "" {
		found, err = r.Provider.CheckID(r.ctx, s.TopupID)
	} else {
		rec.By = "ref"
		found, err = r.Provider.CheckRef(r.ctx, w.ref)
	}
	res.asked, res.fault = true, FaultOf(err)
	switch {
	case err == nil:
		rec.describe(s.Topup, found)
	case res.fault.Class != ClassNotFound:
		return // it says nothing about the row
	default:
		rec.RequestID = res.fault.RequestID
		rec.Clear = clears(&s, asked.Sub(w.since), r.ResendAfter)
	}
	r.record(res, asked, rec)
}

// describe takes what the provider showed into the record.
func (l *LookRecord) describe(t Topup, o RemoteOrder) {
	l.Found, l.Status, l.TopupID, l.Charged = true, o.Status, o.ID, o.Charged
	l.Message, l.Offers, l.RequestID = o.Message, o.Offers, o.RequestID
	l.Conflict = contradiction(t, o)
}

// lookAtPage asks for a page of the list and takes in every row of ours that
// it shows. What it does not show proves nothing (money rule 3).
func (r *run) lookAtPage(l *look, res *result) {
	asked := time.Now()
	p, err := r.Provider.List(r.ctx, ListQuery{Page: l.page, PageSize: pageSize, From: l.span.from, To: l.span.to})
	if res.asked, res.fault = true, FaultOf(err); err != nil {
		return
	}
	var records []LookRecord
	seen := map[Ref]bool{}
	for _, o := range p.Items {
		l.outside = l.outside || !l.span.shows(o.Created)
		s, ours := r.Books.match(o)
		if !ours || seen[s.Ref] || s.Attempts == 0 {
			continue
		}
		seen[s.Ref] = true
		rec := LookRecord{Ref: s.Ref, By: "list"}
		rec.describe(s.Topup, o)
		switch {
		case s.State.Open() && rec.Conflict == "" && StateOf(o.Status) == Refunded:
			res.shown = append(res.shown, lookedAt{s, true})
		case isNews(&s, &rec):
			records = append(records, rec)
		default:
			res.shown = append(res.shown, lookedAt{s, false})
		}
	}
	if len(records) > 0 {
		r.record(res, asked, records...)
	}
}

// isNews tells whether a look through the list adds to what is known of a row.
func isNews(s *RowStatus, l *LookRecord) bool {
	if s.State.Final() || s.State == Conflict {
		return StateOf(l.Status) != s.State && (s.Evidence == nil || len(s.Evidence.Facts) == 0)
	}
	return l.Conflict != "" || s.TopupID == "" || StateOf(l.Status) != s.State ||
		s.State == Unknown && (s.Evidence == nil || s.Evidence.Code != l.Status)
}

// outdated tells a look that shows an open state of a row which came to its end
// after the look had been asked for: of two looks under way at once, the answer
// that is older may come later. It contradicts nothing.
func outdated(s *RowStatus, l *LookRecord, asked time.Time) bool {
	return s.State.Final() && l.Found && StateOf(l.Status).Open() && !s.Settled().Before(asked.Truncate(time.Millisecond))
}

// record writes looks down and reports the rows as they stand then.
func (r *run) record(res *result, asked time.Time, looks ...LookRecord) {
	if res.err = r.Books.Look(asked, looks...); res.err != nil {
		return
	}
	for _, l := range looks {
		s, _ := r.Books.Row(l.Ref)
		res.shown = append(res.shown, lookedAt{s, false})
		r.Log.Info("looked", "ref", l.Ref, "by", l.By, "found", l.Found, "status", l.Status, "state", s.State.String())
	}
}

// afterLook draws the consequences of a look for what is looked at next.
func (r *run) afterLook(res result, now time.Time) {
	answered := map[Ref]bool{}
	var final, open int
	youngest := longestPoll
	for _, sh := range res.shown {
		x := r.polling.rows[sh.row.Ref]
		if x == nil {
			continue
		}
		answered[x.ref] = true
		switch age := now.Sub(x.since); {
		case sh.row.State.Final() || sh.confirm:
			final++
			youngest = min(youngest, age)
		case !x.looked && !x.due.After(now):
			open++
		}
		r.reschedule(x, sh, now)
	}
	r.polling.learn(final, open, youngest)
	lost := r.giveUpSpan(res, len(answered) > 0)
	for _, x := range res.look.all() {
		switch {
		case answered[x.ref]:
		case lost:
			r.polling.schedule(x, now)
		case res.fault == nil: // a page that should have shown it
			if x.missed++; x.missed > 1 {
				x.single = true
			}
			r.polling.schedule(x, now)
		default: // it says nothing of the rows: no reason to wait longer for them
			x.looked = true
			r.polling.schedule(x, now.Add(r.Poll))
		}
	}
}

// giveUpSpan asks for the whole list from now on when the provider does not
// honour a span, or not as we mean it. It tells whether the look was lost by
// that, so that it says nothing of where the rows stand in the list.
func (r *run) giveUpSpan(res result, shown bool) (lost bool) {
	l, f := res.look, res.fault
	if l.row != nil || l.span == (span{}) {
		return false
	}
	refused := f != nil && f.Status/100 == 4 && f.Class != ClassThrottled && f.Class != ClassDenied
	lost = refused || f == nil && !shown
	if lost || l.outside {
		r.span = span{}
	}
	return lost
}

// reschedule decides when a row that a look has shown is looked at again, if it
// is.
func (r *run) reschedule(x *polled, sh lookedAt, now time.Time) {
	s := &sh.row
	x.id = s.TopupID
	x.parked = parked(s) && !sh.confirm
	switch next := decide(s); {
	case sh.confirm:
		x.single = true
		r.polling.schedule(x, now)
	case next == send:
		r.polling.drop(x)
		if p := r.Books.pointer(s.Ref); p != nil && (r.Pick == nil || r.Pick(s)) {
			r.queue.again(p, now)
		}
	case next == leave:
		r.polling.drop(x)
	case next == checkRef && !s.duplicate && now.Sub(x.since) < r.ResendAfter:
		r.polling.schedule(x, x.since.Add(r.ResendAfter)) // its next check can clear it
	case x.due.After(now): // it was shown before its time
		r.polling.schedule(x, x.due)
	default:
		r.polling.postpone(x, now)
	}
}
