package app_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// end lets the provider work without faults, gives the account money, and lets the
// office do what the messages say. Then everybody is paid, or the books say why not.
func (o *office) end() {
	if len(o.fails) > 0 {
		return
	}
	o.tell("the faults end")
	o.giveBackName()
	o.wait(time.Hour) // what was lost on the way has come by then
	o.must(o.sim.Load().Close())
	o.config.Faults = nil
	o.open()
	o.must(o.sim.Load().Deposit(simulator.DefaultBalance))
	o.bringBack()
	o.finish(o.latest())
	for _, p := range o.payrolls {
		for _, h := range o.people {
			o.tally.meant += h.due[p]
		}
	}
	o.tally.orders = len(o.sim.Load().Orders())
	if len(o.fails) == 0 {
		o.checkEnd(o.latest())
	}
}

// finish runs a payroll and what resend makes of it until nothing moves any more.
func (o *office) finish(p *payroll) {
	for idle := 0; idle < 2 && len(o.fails) == 0; idle++ {
		orders := len(o.sim.Load().Orders())
		o.payUnpaid(p.main, o.finishSheet(p.main))
		o.wait(25 * time.Hour)
		if p.main.begun() {
			o.settleOpen(p.main)
			o.finishResends(p.main, 0)
		}
		for _, s := range slices.Clone(o.resends) {
			if s.begun() {
				o.finishSheet(s)
				o.finishResends(s, 4)
			}
		}
		if len(o.sim.Load().Orders()) > orders {
			idle = -1
		}
	}
}

// settleOpen settles a sheet that has open rows.
func (o *office) settleOpen(s *sheet) {
	if l, err := o.ledger(s.journal()); err == nil && l.Tally().Open() > 0 {
		_ = o.settle(s)
	}
}

// restore makes rows again what they were whose id was sent for something else, as
// their message says (id.changed), if nobody was paid for it: resend pays them then.
func (o *office) restore(s *sheet) {
	l, err := o.ledger(s.journal())
	if err != nil {
		return
	}
	l.Each(func(row *batch.RowStatus) bool {
		for _, line := range s.lines {
			if row.Attempts > 0 && row.Topup.ID != "" && s.topup(line).ID == row.Topup.ID && o.net(line.who, s.payroll) == 0 && s.topup(line) != row.Topup {
				line.phone, line.amount = string(row.Topup.Phone), int(row.Topup.Amount)
				o.tell("the row of %s is again what it was", line.who.name)
				if s.resent {
					o.mend(s, line)
				} else {
					o.save(s)
				}
			}
		}
		return true
	})
}

// takePaidOut takes people out of a sheet who were paid in a way that its batch cannot
// know of, since books were lost, or neither phone nor id are what they were: the
// office sees it in the provider's list.
func (o *office) takePaidOut(s *sheet) {
	kin, out := o.lineage(s, !s.begun()), map[*line]bool{}
	for _, x := range o.orders() {
		for _, l := range s.lines {
			if x.who == l.who && x.sent.payroll == s.payroll && !s.keeps(l, x) && !kin.knows(s, l, x) {
				out[l] = true
			}
		}
	}
	o.takeOutOf(s, out)
}

// takeOutOf takes lines out of a sheet.
func (o *office) takeOutOf(s *sheet, out map[*line]bool) {
	if len(out) == 0 {
		return
	}
	o.tell("%d people are taken out of %s, who were paid", len(out), s.path())
	if s.resent {
		o.takeRowsOut(s, out)
	} else {
		s.lines = slices.DeleteFunc(s.lines, func(l *line) bool { return out[l] })
		o.save(s)
	}
}

// finishSheet runs a sheet as the messages say. Rows that look paid elsewhere are
// taken out of a file that has no books yet.
func (o *office) finishSheet(s *sheet) (last *clerk) {
	o.restore(s)
	o.takePaidOut(s)
	if len(s.lines) == 0 {
		return nil
	}
	h := how{amend: s.begun()}
	_, c, err := o.run(s, h)
	var nothing *app.NothingToAmend
	if errors.As(err, &nothing) {
		h.amend = false
		_, c, err = o.run(s, h)
	}
	if err == nil || c == nil || c.said == "" || c.flight == nil {
		return c
	}
	out := map[*line]bool{}
	for _, e := range c.flight.Paid.Others {
		for _, l := range s.lines {
			if l.number() == string(e.Payment.Phone) {
				out[l] = true
			}
		}
	}
	o.takeOutOf(s, out)
	if len(s.lines) > 0 {
		_, c, _ = o.run(s, h)
	}
	return c
}

// payUnpaid pays people of whom nobody knows whether a lost send has reached them, and
// whose rows are no longer what they were then: a day later the provider's list shows
// that nothing came of it.
func (o *office) payUnpaid(s *sheet, c *clerk) {
	if o.config.Faults != nil || c == nil || c.flight == nil {
		return
	}
	paid, unpaid := map[*line]bool{}, 0
	for _, e := range c.flight.Paid.Before {
		if l := s.line(e.Row - 2); o.net(l.who, s.payroll) > 0 {
			paid[l] = true
		} else {
			unpaid++
		}
	}
	if unpaid > 0 {
		o.takeOutOf(s, paid)
		_, _, _ = o.run(s, how{amend: true, payAgain: unpaid})
	}
}

// finishResends resends what came back, under the usual name and under those for
// which rows left before.
func (o *office) finishResends(s *sheet, depth int) {
	if depth > 5 {
		return
	}
	outs := []string{""}
	for len(outs) > 0 {
		out := outs[0]
		outs = outs[1:]
		to, resent, err := o.resend(s, out)
		if resent != nil && out == "" {
			for _, l := range resent.Rows.Left {
				path := filepath.Join(s.dir, l.Batch+".xlsx")
				if l.Why == batch.LeftForOther && !slices.Contains(outs, path) {
					outs = append(outs, path)
				}
			}
		}
		var run *app.ResendRun
		if errors.As(err, &run) && out == "" { // what came back since is for a file of its own
			outs = append(outs, filepath.Join(s.dir, fmt.Sprintf("more %d of %s.xlsx", len(o.resends), s.payroll.name)))
		}
		if err != nil || to == nil {
			path := out
			if path == "" {
				path = filepath.Join(s.dir, nextOf(s.stem)+".xlsx")
			}
			to = nil
			for _, known := range o.resends {
				if known.path() == path {
					to = known
				}
			}
		}
		if to == nil {
			continue
		}
		o.finishSheet(to)
		o.wait(25 * time.Hour)
		if to.begun() {
			o.settleOpen(to)
			o.finishResends(to, depth+1)
		}
	}
}

// checkEnd makes sure that everybody who is in the payroll is paid, or that the
// books say why not, and that no row is stuck.
func (o *office) checkEnd(p *payroll) {
	reasons := map[*human][]string{}
	for path, root := range o.books {
		l, err := o.ledger(path)
		if err != nil || root != p.main.root {
			continue
		}
		name := slices.Index(l.Batch().Header, "nom")
		l.Each(func(s *batch.RowStatus) bool {
			if s.Gone {
				return true
			}
			if s.State == batch.Unsent || s.State.Open() {
				o.complain("row %d of %s is stuck: %s", s.Number, path, s.State)
			}
			if why := reason(s); why != "" {
				for _, h := range o.people {
					if h.name == s.Cells.At(name) {
						reasons[h] = append(reasons[h], why)
					}
				}
			}
			return true
		})
	}
	for _, h := range o.people {
		l := p.main.lineOf(h)
		if l == nil || h.due[p] == 0 {
			continue
		}
		switch n := o.net(h, p); {
		case n >= h.due[p], n > 0 && h.due[p] > 1: // a further payment is no longer meant once its row was changed
		case len(reasons[h]) == 0:
			o.complain("%s is paid %d times for %s, %d is meant, and no row says why", h.name, n, p.name, h.due[p])
		case n == 0 && !slices.ContainsFunc(reasons[h], alone):
			o.complain("%s is not paid for %s, and all that is said is %s", h.name, p.name, strings.Join(reasons[h], ", "))
		}
	}
}

// reason is why a row was not paid, as the books say it.
func reason(s *batch.RowStatus) string {
	var codes []string
	for _, p := range s.Problems() {
		codes = append(codes, string(p.Code))
	}
	if s.Evidence != nil && len(s.Evidence.Facts) > 0 {
		return "contradicted" // by the provider: its support is asked
	}
	switch s.State {
	case batch.Invalid:
		return strings.Join(codes, " ")
	case batch.Conflict, batch.Rejected:
		return s.State.String()
	}
	return ""
}

// alone tells a reason that stands for somebody who was never paid: not one that says
// that another row was.
func alone(reason string) bool {
	for _, code := range strings.Fields(reason) {
		switch batch.Code(code) {
		case batch.PaidBefore, batch.DuplicateRow, batch.DuplicateID, batch.IDChanged:
			return false
		}
	}
	return true
}
