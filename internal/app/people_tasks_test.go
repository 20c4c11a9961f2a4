package app_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/ingest"
	"flexybatch/internal/app"
	"flexybatch/internal/register"
)

// clerk sits before the screen while a task runs. A clerk who sees that rows look
// paid elsewhere does not go on, unless a further payment is meant.
type clerk struct {
	app.Unobserved
	o      *office
	sheet  *sheet
	means  bool // what looks paid elsewhere is to be paid again
	flight *app.Preflight
	said   string // what the clerk said no to
}

func (c *clerk) Preflight(p *app.Preflight) {
	c.flight = p
	c.o.tell("  preflight: %d to send, %d paid before, %d by others, %d held, list: %v", p.ToSend.Valid, len(p.Paid.Before), len(p.Paid.Others), p.Paid.Held, p.Paid.Unread)
}

func (c *clerk) Began(b app.Began) error {
	return c.o.register.Note(register.Entry{Journal: b.Journal, Batch: b.Batch, Account: b.Books.Batch().Account, SHA256: b.Books.Batch().SHA256})
}

func (c *clerk) Confirm(_ context.Context, q app.Question) (app.Answer, error) {
	yes := app.Answer{Yes: true, Text: strconv.Itoa(q.Rows)}
	switch q.About {
	case app.AboutPaidElsewhere:
		if c.means {
			return yes, nil
		}
		c.said = fmt.Sprintf("%d rows look paid elsewhere", q.Rows)
		return app.Answer{}, nil
	case app.AboutReason:
		return app.Answer{Text: "a further payment is meant"}, nil
	}
	if p := c.flight.Paid; !c.means && (len(p.Others) > 0 || p.Unread != nil) {
		c.said = fmt.Sprintf("%d rows look paid by others, list: %v", len(p.Others), p.Unread)
		return app.Answer{}, nil //nolint:nilerr // the person says no
	}
	return yes, nil
}

// door is the program as the office calls it.
func (o *office) door(c *clerk, asks bool) *app.App {
	a := &app.App{
		Version: "test", Dial: o.network.DialContext, Register: o.register,
		Key: func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey(simulator.DefaultKey), nil },
	}
	if c != nil {
		a.Observer = c
		if asks {
			a.Confirm = c
		}
	}
	return a
}

// account is the provider's.
func (o *office) account() app.Account { return app.Account{BaseURL: "http://127.0.0.1"} }

// pace is how patient a run is. In the end it has the time that a lost send needs
// before it is sent again.
func (o *office) pace() app.Pace {
	if o.config.Faults == nil {
		return app.Pace{}
	}
	return app.Pace{
		Concurrency: []int{1, 3, 8}[o.rng.IntN(3)], Wait: []time.Duration{20 * time.Second, 3 * time.Minute, 8 * time.Minute}[o.rng.IntN(3)],
		Timeout: 10 * time.Second, PhoneGap: []time.Duration{0, app.None}[o.rng.IntN(2)],
	}
}

// reading is how files are read, always in the same way.
func reading() app.Reading { return app.Reading{Rules: ingest.Rules{FixPhones: true}} }

// how says how a sheet is run.
type how struct {
	amend, yes, means bool
	payAgain          int
	results, state    string
	tab               string        // the sheet of the workbook; empty: the only one
	stop              time.Duration // until somebody stops it; 0: nobody does
	abort             bool          // it is broken off rather than drained
}

func (h how) String() string {
	text := ""
	for name, on := range map[string]bool{"amend": h.amend, "yes": h.yes, "means": h.means} {
		if on {
			text += " " + name
		}
	}
	if h.payAgain > 0 {
		text += fmt.Sprintf(" pay-again %d", h.payAgain)
	}
	if h.results != "" {
		text += " out " + h.results
	}
	if h.tab != "" {
		text += " sheet " + h.tab
	}
	if h.stop > 0 {
		text += fmt.Sprintf(" stopped after %s (abort %t)", h.stop, h.abort)
	}
	return text
}

// run runs a sheet, if what the rules let be paid twice is not at stake.
func (o *office) run(s *sheet, h how) (result *app.RunResult, c *clerk, err error) {
	if why := o.uncovered(s, h); why != "" {
		o.tell("not run: %s: %s", s.path(), why)
		return nil, nil, errNotDrawn
	}
	c = &clerk{o: o, sheet: s, means: h.means}
	err = o.task("run "+s.path()+h.String(), s.outputs(h.results), func() (err error) {
		result, err = o.start(c, s, h)
		return err
	})
	o.ran(s, result)
	return result, c, err
}

// errNotDrawn says that the office did not do what it might have done.
var errNotDrawn = errors.New("not drawn")

// start is the call of the program.
func (o *office) start(c *clerk, s *sheet, h how) (*app.RunResult, error) {
	ctx, abort := context.WithCancel(o.t.Context())
	defer abort()
	drain, stop := context.WithCancel(ctx)
	defer stop()
	if h.stop > 0 {
		t := time.AfterFunc(h.stop, func() {
			if h.abort {
				abort()
			}
			stop()
		})
		defer t.Stop()
	}
	options := app.RunOptions{
		Place: s.where(), Reading: reading(), Account: o.account(), Pace: o.pace(), Results: h.results,
		Amend: h.amend, PayAgain: h.payAgain, Yes: h.yes,
	}
	options.Place.State, options.Reading.Options.Sheet = h.state, h.tab
	if h.payAgain > 0 {
		options.Reason = "a further payment is meant"
	}
	return o.door(c, !h.yes).Run(ctx, drain, options)
}

// ran notes what a run leaves behind.
func (o *office) ran(s *sheet, result *app.RunResult) {
	if _, err := os.Stat(s.root + ".journal"); err != nil && s.begun() && !s.resent {
		s.root = s.place() // the batch begins under this name
	}
	if s.begun() {
		o.books[s.journal()] = s.root
	}
	s.payroll.begun = s.payroll.begun || result != nil || s.begun()
	if result != nil {
		o.tell("  %v, sent now %d", result.Summary.Rows, result.Summary.SentNow)
	}
}

// outputs are the files that a run of a sheet may make or change.
func (s *sheet) outputs(results string) func(string) bool {
	own := map[string]bool{s.journal(): true, s.results(): true, results: true}
	return func(path string) bool {
		return own[path] || keptAside(path, s.results()) || results != "" && keptAside(path, results)
	}
}

// keptAside tells a file that was moved out of the way of another.
func keptAside(path, of string) bool {
	ok, err := filepath.Match(of[:len(of)-len(filepath.Ext(of))]+".kept-*", path)
	return err == nil && ok
}

// settle asks about the open rows of a sheet.
func (o *office) settle(s *sheet) error {
	return o.task("settle "+s.path(), s.outputs(""), func() error {
		_, err := o.door(&clerk{o: o, sheet: s}, false).Settle(o.t.Context(), o.t.Context(), app.SettleOptions{Place: s.where(), Account: o.account(), Pace: o.pace()})
		return err
	})
}

// resend writes the unpaid rows of a sheet's batch to a new file. It returns the
// sheet of that; nil: there is none.
func (o *office) resend(s *sheet, out string) (to *sheet, resent *app.Resent, err error) {
	err = o.task(fmt.Sprintf("resend %s as %q", s.path(), out), func(path string) bool {
		return path == s.journal() || path == out || out == "" && filepath.Dir(path) == s.dir && filepath.Ext(path) == ".xlsx" && nextOf(s.stem) == stemOf(path)
	}, func() (err error) {
		resent, err = o.door(nil, false).Resend(o.t.Context(), app.ResendOptions{Place: s.where(), Out: out})
		return err
	})
	if err == nil {
		for _, l := range resent.Rows.Left {
			o.tell("  left out: row %d (%s) of %s, %d %s %v", l.Number, l.State, l.Topup.Phone, l.Why, l.Batch, l.Paid)
		}
	}
	if err != nil || resent.Path == "" {
		return nil, resent, err
	}
	to = &sheet{payroll: s.payroll, dir: filepath.Dir(resent.Path), stem: stemOf(resent.Path), ext: ".xlsx", root: s.root, resent: true, idTitle: "id"}
	name := slices.Index(resent.Rows.Batch.Header, "nom")
	for _, r := range resent.Rows.Rows {
		text := r.Cells.At(name)
		who := o.people[slices.IndexFunc(o.people, func(h *human) bool { return h.name == text })]
		to.lines = append(to.lines, &line{who: who, id: r.Topup.ID, phone: string(r.Topup.Phone), amount: int(r.Topup.Amount)})
	}
	o.resends = slices.DeleteFunc(o.resends, func(other *sheet) bool { return other.path() == to.path() })
	o.resends = append(o.resends, to)
	o.tell("  %d rows to %s", len(to.lines), to.path())
	return to, resent, nil
}

func stemOf(path string) string {
	base := filepath.Base(path)
	return base[:len(base)-len(filepath.Ext(base))]
}

// nextOf is the usual name of the batch that pays anew.
func nextOf(stem string) string {
	for i := len(stem) - 1; i > 1; i-- {
		if n, err := strconv.Atoi(stem[i:]); err == nil && stem[i-2:i] == "-r" {
			return fmt.Sprintf("%s%d", stem[:i], n+1)
		}
	}
	return stem + "-r1"
}

// files are all files of the office, but for those that no promise is made about.
func (o *office) files() map[string]string {
	files := map[string]string{}
	for _, dir := range []string{"pay", "other", "archive"} {
		entries, err := os.ReadDir(o.path(dir))
		o.must(err)
		for _, e := range entries {
			path := o.path(dir, e.Name())
			if filepath.Ext(path) == ".lock" && e.Type().IsRegular() {
				continue // it is for people only
			}
			content, err := os.ReadFile(path)
			o.must(err)
			files[path] = string(content)
		}
	}
	return files
}

// stamp gives files that were changed the time of the office, which is another than
// the machine's.
func (o *office) stamp(before, after map[string]string) {
	for path := range after {
		if before[path] != after[path] {
			o.must(os.Chtimes(path, time.Now(), time.Now()))
		}
	}
}

// task does something with the program, and holds what it did against the promises.
// may says which files it may make or change.
func (o *office) task(what string, may func(string) bool, do func() error) error {
	o.tell("%s", what)
	o.tally.tasks++
	before, posts := o.files(), o.posts.Load()
	err := do()
	after := o.files()
	refused := false
	if err != nil {
		o.tell("  %v", err)
		outcome, ours := app.OutcomeOf(err)
		if !ours && !errors.Is(err, context.Canceled) && !errors.Is(err, errNotDrawn) {
			o.complain("%s: an error of nobody: %v", what, err)
		}
		refused = outcome == app.Nothing || outcome == app.Usage
	}
	if refused {
		o.tally.refused++
		may = func(string) bool { return false }
		if sent := o.posts.Load() - posts; sent > 0 {
			o.complain("%s: refused with %q, and %d sends", what, err, sent)
		}
	}
	o.compare(what, before, after, may)
	o.stamp(before, after)
	o.learn(after)
	o.checkPayments(what)
	return err
}

// compare makes sure that only those files were made or changed that may be, and
// that journals only grew.
func (o *office) compare(what string, before, after map[string]string, may func(string) bool) {
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		was, had := before[path]
		is, has := after[path]
		switch {
		case had == has && unchanged(was, is):
		case !may(path):
			o.complain("%s: %s was changed (there before: %t, after: %t)%s", what, path, had, has, change(was, is))
		case had && !has:
			o.complain("%s: %s is gone", what, path)
		case filepath.Ext(path) == ".journal" && (len(is) < len(was) || is[:len(was)] != was):
			o.complain("%s: the journal %s did not only grow", what, path)
		}
	}
}

// sentOrder is what journals tell of an order.
type sentOrder struct {
	batch.Topup
	batch   string
	payroll *payroll
	owners  map[string]bool // the journals that sent it
}

// learn reads the journals that changed: which refs they sent, and for what.
func (o *office) learn(files map[string]string) {
	for path, content := range files {
		if filepath.Ext(path) != ".journal" || o.seen[path] == content {
			continue
		}
		o.seen[path] = content
		l, err := o.ledger(path)
		if err != nil {
			continue
		}
		name := l.Batch().Name
		l.Each(func(s *batch.RowStatus) bool {
			if s.Attempts == 0 {
				return true
			}
			order := o.sent[string(s.Ref)]
			if order == nil {
				order = &sentOrder{Topup: s.Topup, batch: name, payroll: o.payrollOf(name), owners: map[string]bool{}}
				o.sent[string(s.Ref)] = order
			}
			order.owners[o.identity(path)] = true
			return true
		})
	}
}

// unchanged tells whether a file is what it was. A journal that was opened and closed
// has one more empty group.
func unchanged(was, is string) bool {
	added, grew := strings.CutPrefix(is, was)
	return grew && (added == "" || strings.HasPrefix(added, `{"crc":`) && strings.Count(added, "\n") == strings.Count(added, `"commit":0}`))
}

// change shows where a text begins to differ from what it was.
func change(was, is string) string {
	n := 0
	for n < min(len(was), len(is)) && was[n] == is[n] {
		n++
	}
	return fmt.Sprintf(" from byte %d of %d and %d: %.200q", n, len(was), len(is), is[n:])
}
