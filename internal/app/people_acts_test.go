package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/app"
)

// act is something that the office does.
type act struct {
	weight int
	name   string
	do     func(*office)
}

// acts are what an office does beside editing its files, with how often.
var acts = []act{
	{14, "edits the file", func(o *office) { o.edit(o.latest().main) }},
	{2, "edits a copy", func(o *office) {
		if s := o.oneOf(o.copies); s != nil && !s.frozen {
			o.edit(s)
		}
	}},
	{12, "runs the file", (*office).runMain},
	{4, "runs the file and stops it", (*office).runAndStop},
	{3, "runs a copy", func(o *office) {
		if s := o.oneOf(o.copies); s != nil {
			_, _, _ = o.run(s, how{amend: o.chance(3), yes: o.chance(2)})
		}
	}},
	{3, "copies the file", (*office).copyFile},
	{2, "renames the file", (*office).rename},
	{5, "resends", (*office).resendMain},
	{5, "runs a file of resend", (*office).runResend},
	{3, "mends a file of resend", (*office).mendResend},
	{2, "resends a resend", func(o *office) {
		if s := o.oneOf(o.resends); s != nil && s.begun() {
			_, _, _ = o.resend(s, "")
		}
	}},
	{2, "uses a report as input", (*office).runReport},
	{2, "loses the journal", (*office).loseJournal},
	{2, "archives the journal, or brings it back", (*office).archive},
	{2, "copies a journal under another batch's name", (*office).copyJournal},
	{3, "runs twice at once", (*office).runTwice},
	{3, "names a wrong output", (*office).wrongOutput},
	{3, "pays again", (*office).payAgain},
	{2, "pays again with a wrong number", (*office).payAgainWrongly},
	{3, "settles", func(o *office) {
		if s := o.latest().main; s.begun() {
			_ = o.settle(s)
		}
	}},
	{2, "pays money in", func(o *office) { o.must(o.sim.Load().Deposit(int64(100+o.rng.IntN(3000)) * 100)) }},
	{1, "loses a plan", func(o *office) {
		if o.chance(4) {
			o.sim.Load().DisablePlan("PREPAID_MOBILIS")
		}
	}},
	{5, "waits", func(o *office) { o.wait(o.moment()) }},
	{2, "begins a payroll", (*office).begin},
}

// work lets the office do what it does.
func (o *office) work() {
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	if !o.chance(4) {
		o.runAndStop()
	}
	for range 8 + o.rng.IntN(22) {
		if len(o.fails) > 0 {
			return
		}
		n := o.rng.IntN(total)
		for _, a := range acts {
			if n -= a.weight; n < 0 {
				o.tally.acts++
				o.tell("the office %s", a.name)
				a.do(o)
				break
			}
		}
	}
}

// oneOf is one of the sheets; nil: there is none.
func (o *office) oneOf(list []*sheet) *sheet {
	if len(list) == 0 {
		return nil
	}
	return list[o.rng.IntN(len(list))]
}

// runMain runs the payroll, as a correction once it was changed.
func (o *office) runMain() {
	s := o.latest().main
	h := how{amend: s.begun() && !o.chance(4), yes: o.chance(2)}
	if o.chance(8) {
		if _, err := os.Stat(o.path("link")); err == nil {
			h.state = o.path("link") // the same folder, by another way
		}
	}
	_, _, err := o.run(s, h)
	var changed *app.FileChanged
	var nothing *app.NothingToAmend
	switch {
	case errors.As(err, &changed) && o.chance(2):
		h.amend = true
		_, _, _ = o.run(s, h)
	case errors.As(err, &nothing) && s.root != s.place():
		o.giveBackName()
	}
}

func (o *office) runAndStop() {
	s := o.latest().main
	_, _, _ = o.run(s, how{amend: s.begun() && !o.chance(3), yes: o.chance(2), stop: time.Duration(o.rng.IntN(20_000)) * time.Millisecond, abort: o.chance(2)})
}

// copyFile copies the payroll under another name, or to another folder under the
// same one, sometimes with its journal.
func (o *office) copyFile() {
	main := o.latest().main
	s := main.copy()
	switch o.rng.IntN(3) {
	case 0:
		s.stem = fmt.Sprintf("%s (%d)", main.stem, 1+o.rng.IntN(3))
	case 1:
		s.stem = "copy of " + main.stem
		s.dir = o.path([]string{"pay", "other"}[o.rng.IntN(2)])
	case 2:
		s.dir, s.frozen = o.path("other"), true
	}
	if s.begun() || s.place() == main.place() {
		return
	}
	s.root = s.place()
	o.copies = append(o.copies, s)
	o.tell("%s is copied to %s", main.path(), s.path())
	o.save(s)
	if s.frozen && main.begun() && o.chance(2) {
		content, err := os.ReadFile(main.journal())
		o.must(err)
		o.must(os.WriteFile(s.journal(), content, 0o600))
		o.books[s.journal()] = s.root
	}
}

// rename renames the payroll's file. The books stay where they are.
func (o *office) rename() {
	s := o.latest().main
	if s.place() != s.root {
		o.giveBackName()
		return
	}
	old := s.path()
	s.stem = []string{"final " + s.stem, s.stem + " v2", strings.ToUpper(s.stem)}[o.rng.IntN(3)]
	if _, err := os.Stat(s.path()); err == nil || s.begun() {
		s.stem = filepath.Base(s.root)
		return
	}
	o.must(os.Rename(old, s.path()))
	o.tell("%s is %s now", old, s.path())
}

// giveBackName makes the file's name again what it was.
func (o *office) giveBackName() {
	s := o.latest().main
	old := s.path()
	s.stem, s.dir = filepath.Base(s.root), filepath.Dir(s.root)
	if s.path() != old {
		o.must(os.Rename(old, s.path()))
		o.tell("%s is %s again", old, s.path())
	}
}

func (o *office) resendMain() {
	s := o.latest().main
	if !s.begun() {
		return
	}
	out := ""
	if o.chance(3) {
		out = filepath.Join(s.dir, fmt.Sprintf("rest %d of %s.xlsx", 1+o.rng.IntN(2), s.payroll.name))
	}
	to, _, err := o.resend(s, out)
	if err == nil && to != nil && o.chance(2) {
		_, _, _ = o.run(to, how{yes: o.chance(2)})
	}
}

func (o *office) runResend() {
	if s := o.oneOf(o.resends); s != nil {
		_, _, _ = o.run(s, how{amend: s.begun() && o.chance(2), yes: o.chance(2)})
	}
}

// mendResend changes amounts and numbers in a file of resend, and in the payroll
// too.
func (o *office) mendResend() {
	s := o.oneOf(o.resends)
	if s == nil || len(s.lines) == 0 {
		return
	}
	l := o.any(s)
	main := o.latest().main
	both := s.payroll == main.payroll && o.chance(2)
	was := *l
	if o.chance(2) {
		l.amount = 100 + 10*o.rng.IntN(60)
	} else {
		l.phone = o.number()
		l.who.phones = append(l.who.phones, l.phone)
	}
	for _, original := range main.lines { // every row of the person, or two payments are asked for
		if both && original.who == l.who && l.phone != was.phone {
			original.phone = l.phone
		} else if both && original.who == l.who {
			original.amount = l.amount
		}
	}
	o.tell("%s is mended in %s (%s %d)", l.who.name, s.path(), l.phone, l.amount)
	o.mend(s, l)
	if both {
		o.save(main)
	}
}

// runReport runs our own report as if it were a payroll: it is refused. Its sheet of
// refunds is meant to be read, and so not drawn.
func (o *office) runReport() {
	s := o.latest().main
	if _, err := os.Stat(s.results()); err != nil {
		return
	}
	report := &sheet{payroll: s.payroll, dir: s.dir, stem: s.stem + ".results", ext: ".xlsx"}
	h := how{yes: true, tab: []string{"", "Rows", "To do"}[o.rng.IntN(3)]}
	err := o.task("run "+report.path()+h.String(), report.outputs(""), func() error {
		_, err := o.start(&clerk{o: o, sheet: report}, report, h)
		return err
	})
	if err == nil {
		o.complain("%s was run as a payroll", report.path())
	}
}

// loseJournal deletes the journal of the payroll or of a resend.
func (o *office) loseJournal() {
	s := o.latest().main
	if r := o.oneOf(o.resends); r != nil && o.chance(3) {
		s = r
	}
	if !s.begun() || o.archived != "" {
		return
	}
	o.wait(10 * time.Minute)
	o.must(os.Remove(s.journal()))
	delete(o.books, s.journal())
	s.payroll.lost, s.payroll.deleted = true, true
	o.tell("%s is deleted", s.journal())
}

// archive moves the journal away, or back where no other is there.
func (o *office) archive() {
	s := o.latest().main
	if o.archived != "" {
		o.bringBack()
		return
	}
	if !s.begun() {
		return
	}
	o.wait(10 * time.Minute)
	o.archived = s.journal()
	o.must(os.Rename(o.archived, o.path("archive", filepath.Base(o.archived))))
	s.payroll.lost = true
	o.tell("%s is archived", o.archived)
}

// bringBack brings the archived journal back, unless a new one is there.
func (o *office) bringBack() {
	if o.archived == "" {
		return
	}
	path := o.archived
	if _, err := os.Stat(path); err == nil {
		return
	}
	o.archived = ""
	o.latest().lost = o.latest().deleted
	o.must(os.Rename(o.path("archive", filepath.Base(path)), path))
	o.tell("%s is back", path)
}

// copyJournal copies a journal under the name of another batch, which is refused.
func (o *office) copyJournal() {
	s, c := o.latest().main, o.oneOf(o.copies)
	if !s.begun() || c == nil || c.begun() || strings.EqualFold(c.stem, s.stem) {
		return
	}
	content, err := os.ReadFile(s.journal())
	o.must(err)
	o.must(os.WriteFile(c.journal(), content, 0o600))
	err = o.task("run "+c.path()+" with a copied journal", c.outputs(""), func() error {
		_, err := o.start(&clerk{o: o, sheet: c}, c, how{yes: true, amend: o.chance(2)})
		return err
	})
	var other *app.OtherBatch
	if !errors.As(err, &other) {
		o.complain("the journal of %s passed for that of %s: %v", s.stem, c.stem, err)
	}
	o.must(os.Remove(c.journal()))
	delete(o.seen, c.journal())
}

// runTwice runs the payroll in two processes at once. While one works somebody
// deletes the file that says so.
func (o *office) runTwice() {
	s := o.latest().main
	h := how{yes: true, amend: s.begun()}
	if why := o.uncovered(s, h); why != "" {
		o.tell("not run: %s", why)
		return
	}
	results := make([]*app.RunResult, 2)
	errs := make([]error, 2)
	pause := time.Duration(o.rng.IntN(8000)) * time.Millisecond
	deletes := o.chance(2)
	_ = o.task("run "+s.path()+" twice at once", s.outputs(""), func() error {
		var both sync.WaitGroup
		for i := range results {
			both.Go(func() {
				if i == 1 {
					time.Sleep(pause)
					if deletes {
						_ = os.Remove(s.journal() + ".lock")
					}
				}
				results[i], errs[i] = o.start(&clerk{o: o, sheet: s}, s, h)
			})
		}
		both.Wait()
		return nil
	})
	for i := range results {
		o.ran(s, results[i])
		if errs[i] != nil {
			o.tell("  %d: %v", i, errs[i])
		}
	}
}

// wrongOutput names an output that would destroy something.
func (o *office) wrongOutput() {
	s := o.latest().main
	outs := []string{
		s.journal(), s.path(), s.journal() + ".lock", o.path("pay", "budget.xlsx"), o.path("pay", "letter.docx"), o.path("pay", "missing", "out.xlsx"), o.path("pay"), o.path("pay", "out.csv"),
	}
	for _, other := range slices.Concat(o.copies, o.resends) {
		if other.begun() && other.stem != s.stem {
			outs = append(outs, other.results(), other.journal())
		}
	}
	out := outs[o.rng.IntN(len(outs))]
	never := func(string) bool { return false }
	err := o.task("a wrong output "+out, never, func() (err error) {
		c := &clerk{o: o, sheet: s}
		switch o.rng.IntN(5) {
		case 0:
			_, err = o.start(c, s, how{yes: true, results: out})
		case 1:
			_, err = o.door(c, false).Settle(o.t.Context(), o.t.Context(), app.SettleOptions{Place: s.where(), Account: o.account(), Results: out})
		case 2:
			_, err = o.door(c, false).Check(o.t.Context(), app.CheckOptions{Place: s.where(), Reading: reading(), Out: out, Plans: app.Catalogue{Account: o.account()}})
		case 3:
			_, err = o.door(c, false).Reconcile(o.t.Context(), app.ReconcileOptions{Place: s.where(), Account: o.account(), Out: out})
		default:
			var r *app.Resent
			if r, err = o.door(c, false).Resend(o.t.Context(), app.ResendOptions{Place: s.where(), Out: out}); err == nil && r.Path == "" {
				err = errNotDrawn // there is nothing to write
			}
		}
		return err
	})
	if err == nil {
		o.complain("%s was taken for an output", out)
	}
}

// payAgain pays again what looks paid, where a further payment is meant.
func (o *office) payAgain() {
	s := o.latest().main
	if !s.begun() {
		return
	}
	_, c, err := o.run(s, how{amend: true})
	if err != nil || c.flight == nil || len(c.flight.Paid.Before) == 0 || o.uncovered(s, how{}) != "" {
		return
	}
	var meant []*human
	for _, e := range c.flight.Paid.Before {
		// the first row of a sheet of ours is the header
		meant = append(meant, s.line(e.Row-2).who)
	}
	for _, h := range meant {
		h.due[s.payroll]++
	}
	o.tell("a further payment is meant for %d", len(meant))
	if _, _, err := o.run(s, how{amend: true, yes: o.chance(2), payAgain: len(meant)}); err != nil {
		for _, h := range meant {
			h.due[s.payroll]--
		}
	}
}

// payAgainWrongly names a number that is not the right one: nothing is sent.
func (o *office) payAgainWrongly() {
	s := o.latest().main
	if !s.begun() {
		return
	}
	wrong := 40 + o.rng.IntN(10)
	result, _, err := o.run(s, how{amend: true, yes: o.chance(2), payAgain: wrong})
	if err == nil && result.Sending.Requests > 0 {
		o.complain("%d rows were to be paid again, and that was taken", wrong)
	}
}

// begin begins the next payroll: mostly a month later, and at times too early, when
// the program asks whether it is meant.
func (o *office) begin() {
	if len(o.payrolls) > 1 || !o.latest().begun {
		return
	}
	o.giveBackName()
	o.finish(o.latest())
	if !o.chance(4) {
		o.wait(time.Duration(5+o.rng.IntN(25)) * 24 * time.Hour)
	}
	o.newPayroll()
	_, _, _ = o.run(o.latest().main, how{means: true})
}

// foreignFiles are files that the program did not make.
func (o *office) foreignFiles() {
	f := excelize.NewFile()
	o.must(f.SetCellStr("Sheet1", "A1", "Budget"))
	o.must(f.SaveAs(o.path("pay", "budget.xlsx")))
	o.must(os.WriteFile(o.path("pay", "letter.docx"), []byte("Dear all"), 0o600))
}
