package batch

import (
	"log/slog"
	"time"
)

// lookedAt is a row that a look showed, with its state after the look.
type lookedAt struct {
	row     RowStatus
	confirm bool // what the list shows of it must be confirmed by a check before it is booked
	at      int  // where on the page it is, from 0
}

// span is the part of the provider's list that a look asks for, by the time of
// the orders. The zero span is the whole list.
type span struct{ from, to time.Time }

// clockTolerance is how much the provider's clock may differ from the clock of
// the books.
const clockTolerance = 2 * time.Hour

// spanOf returns the part of the list that holds the orders of a batch whose
// first and last send were at these times. Long after the last send it saves
// paging through everything that the account has bought since; soon after it,
// spanOf returns the whole list.
func spanOf(first, last, now time.Time) span {
	if first.IsZero() || now.Sub(last) < 2*clockTolerance {
		return span{}
	}
	return span{first.Add(-clockTolerance), last.Add(clockTolerance)}
}

// shows reports whether the span includes an order of that time.
func (s span) shows(at time.Time) bool {
	return at.IsZero() || s == span{} || !at.Before(s.from) && !at.After(s.to)
}

// startLook starts a worker that makes one look.
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

// lookAt asks the provider for one order, by the provider's id if it is known and
// by our ref otherwise.
func (r *run) lookAt(w *polled, res *result) {
	s := r.Books.at(w.row)
	asked := time.Now()
	res.began = asked
	rec := LookRecord{Ref: s.Ref, By: "id"}
	var found RemoteOrder
	var err error
	if s.TopupID != "" {
		found, err = r.Provider.CheckID(r.ctx, s.TopupID)
	} else {
		rec.By = "ref"
		found, err = r.Provider.CheckRef(r.ctx, s.Ref)
	}
	res.asked, res.fault = true, FaultOf(err)
	rec.RequestID = found.RequestID
	if res.fault != nil {
		rec.RequestID = res.fault.RequestID
	}
	if r.answers.repeats(rec.RequestID) && !s.Ref.Is(found.Ref) {
		res.fault = repeatedAnswer(rec.RequestID, 0)
	}
	switch {
	case res.fault == nil:
		rec.describe(&s, found)
		rec.Earlier = r.Books.before(&s, found)
	case res.fault.Class != ClassNotFound:
		return // the call failed, which says nothing about the row
	default:
		rec.Conflict = neverShown(&s, asked)
		rec.Clear = clears(&s, r.ran(asked)-w.since, r.ResendAfter)
	}
	r.record(res, asked, nil, rec)
}

// lookAtPage asks for a page of the list and records every row of this batch that
// the page shows. A row that the page does not show proves nothing (money rule 3).
func (r *run) lookAtPage(l *look, res *result) {
	asked := time.Now()
	res.began = asked
	p, err := r.Provider.List(r.ctx, ListQuery{Page: l.page, PageSize: pageSize, From: l.span.from, To: l.span.to})
	if res.asked, res.fault = true, FaultOf(err); err != nil {
		return
	}
	records := make([]LookRecord, 0, len(p.Items))
	places := make(map[Ref]int, len(p.Items))
	res.shown = make([]lookedAt, 0, len(p.Items))
	for at, o := range p.Items {
		l.outside = l.outside || !l.span.shows(o.Created)
		s, ours := r.Books.match(o)
		if _, twice := places[s.Ref]; !ours || twice || s.Attempts == 0 {
			continue
		}
		rec := LookRecord{Ref: s.Ref, By: "list"}
		rec.describe(&s, o)
		rec.Earlier = r.Books.before(&s, o)
		if rec.Nameless {
			continue
		}
		places[s.Ref] = at
		switch {
		case s.State.Open() && needsCheck(&s, &rec):
			res.shown = append(res.shown, lookedAt{s, true, at})
		case isNews(&s, &rec):
			records = append(records, rec)
		default:
			res.shown = append(res.shown, lookedAt{s, false, at})
		}
	}
	if len(records) > 0 {
		r.record(res, asked, places, records...)
	}
}

// needsCheck reports whether what the list shows of an open row must be confirmed
// by a check of the row: that the money came back, or that the order is another
// one than the row has.
func needsCheck(s *RowStatus, l *LookRecord) bool {
	return !l.Foreign.IsZero() || s.TopupID != "" && l.TopupID != s.TopupID || l.settles() && StateOf(l.Status) == Refunded
}

// isNews reports whether a look adds anything to what is known of the row.
func isNews(s *RowStatus, l *LookRecord) bool {
	if s.State.Final() || s.State == Conflict && !s.is(missing) {
		return StateOf(l.Status) != s.State && (s.Evidence == nil || len(s.Evidence.Facts) == 0)
	}
	return !l.Conflict.IsZero() || !l.Foreign.IsZero() || s.TopupID == "" || StateOf(l.Status) != s.State ||
		s.State == Unknown && (s.Evidence == nil || s.Evidence.Code != l.Status)
}

// outdated reports whether the look shows an open state of a row that became final
// after the look was asked for. Of two looks in flight at once, the older answer
// may arrive last; it then contradicts nothing.
func outdated(s *RowStatus, l *LookRecord, asked time.Time) bool {
	return s.State.Final() && l.Found && StateOf(l.Status).Open() && !s.Settled().Before(asked.Truncate(time.Millisecond))
}

// record writes looks into the books and adds the rows to the result, with their
// states after it. places are where on the page they were; nil for an order that was
// asked for by itself.
func (r *run) record(res *result, asked time.Time, places map[Ref]int, looks ...LookRecord) {
	if res.err = r.Books.Look(asked, looks...); res.err != nil {
		return
	}
	for _, l := range looks {
		s, _ := r.Books.Row(l.Ref)
		res.shown = append(res.shown, lookedAt{s, false, places[l.Ref]})
		if r.Log.Enabled(r.ctx, slog.LevelInfo) {
			r.Log.Info("looked", "ref", l.Ref, "by", l.By, "found", l.Found, "status", l.Status, "state", s.State.String())
		}
	}
}

// afterLook decides what is looked at next, and when, after a look has ended.
func (r *run) afterLook(res result, now time.Time) {
	if res.look.row == nil {
		r.polling.found(res.look, res.shown)
	}
	answered := make(map[*polled]bool, len(res.shown))
	ran := r.ran(now)
	var final, open int
	youngest := longestPoll
	for i := range res.shown {
		shown := &res.shown[i]
		x := r.polling.row(shown.row.at)
		if x == nil {
			continue
		}
		answered[x] = true
		switch age := ran - x.since; {
		case shown.row.State.Final() || shown.confirm:
			final++
			youngest = min(youngest, age)
		case !x.looked && x.due <= ran && x.probe == 0:
			open++
		}
		r.reschedule(x, shown, now)
	}
	r.polling.learn(final, open, youngest)
	lost := r.giveUpSpan(res, len(answered) > 0)
	if res.look.row == nil && !lost {
		r.polling.pageEnded(res.fault != nil, ran)
	}
	for _, x := range res.look.all() {
		switch {
		case answered[x]:
		case lost:
			r.polling.schedule(x, ran)
		case res.fault == nil: // the page should have shown the row and did not
			x.miss(len(res.shown) > 0)
			r.polling.schedule(x, ran)
		case res.look.row == nil: // the list failed: the row stays due, and is asked about by itself
			r.polling.schedule(x, x.due)
		default: // the call failed, which says nothing about the row: its interval does not grow
			x.looked = true
			r.polling.schedule(x, ran+r.Poll)
		}
	}
}

// giveUpSpan makes later looks ask for the whole list if the provider does not
// honour the span, or understands it in another way. It reports whether this look
// failed for that reason, in which case it does not tell where in the list the
// rows are.
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

// reschedule decides whether a row that a look showed is looked at again, and
// when, or is sent again.
func (r *run) reschedule(x *polled, shown *lookedAt, now time.Time) {
	s, ran := &shown.row, r.ran(now)
	x.single = x.single || s.TopupID == ""
	if r.lost[s.Ref] > 0 && s.TopupID != "" {
		delete(r.lost, s.Ref)
		if s.Earlier().IsZero() {
			r.sent++
		}
	}
	r.polling.park(x, parked(s) && !shown.confirm)
	switch next := decide(s); {
	case shown.confirm:
		x.single = true
		r.polling.schedule(x, ran)
	case next == send:
		r.polling.drop(x)
		if r.Pick == nil || r.Pick(s) {
			r.sendAgain(s, now)
		}
	case next == leave:
		r.polling.drop(x)
	case next == checkRef && !s.is(held) && ran-x.since < r.ResendAfter:
		r.polling.schedule(x, x.since+r.ResendAfter) // the check after the grace period can clear the row
	case x.due > ran: // a page showed the row before it was due
		r.polling.schedule(x, x.due)
	default:
		r.polling.postpone(x, ran)
	}
}
