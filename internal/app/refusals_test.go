package app_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/outfile"
	"flexybatch/journal"
)

// is tells whether an error holds one of the type of want.
func is(err, want error) bool {
	target := reflect.New(reflect.TypeOf(want))
	return errors.As(err, target.Interface())
}

// Every refusal of a run has its type and its outcome, and sends nothing.
func TestRunIsRefused(t *testing.T) {
	t.Parallel()
	nothing := func(*site) {}
	once := func(s *site) { s.run(app.Done) }
	for name, c := range map[string]struct {
		before  func(*site)
		change  func(*app.RunOptions)
		want    error
		outcome app.Outcome
	}{
		"a bad name":           {nothing, func(o *app.RunOptions) { o.Place.Batch = "a/b" }, &app.BadName{}, app.Usage},
		"no such file":         {nothing, func(o *app.RunOptions) { o.Place.File = "missing.csv" }, &app.Error{}, app.Nothing},
		"nobody to ask":        {nothing, func(o *app.RunOptions) { o.Yes = false }, &app.NobodyToAsk{}, app.Usage},
		"without approvals":    {nothing, func(o *app.RunOptions) { o.Approvals.Required = 2 }, &app.ApprovalsNeeded{}, app.Usage},
		"without approvers":    {nothing, func(o *app.RunOptions) { o.Approvals.Requests = []string{"x"} }, &app.NoApprovers{}, app.Usage},
		"no key":               {func(s *site) { s.job.Key = nil }, nil, &app.NoKey{}, app.Nothing},
		"a key of nobody's":    {func(s *site) { s.key = "wrong" }, nil, &app.Error{}, app.Nothing},
		"a key that may look":  {func(s *site) { s.key = "looker" }, nil, &app.Error{}, app.Nothing},
		"a bad address":        {nothing, func(o *app.RunOptions) { o.Account.BaseURL = "http://example.com" }, &app.BadAddress{}, app.Usage},
		"control totals":       {nothing, func(o *app.RunOptions) { o.Reading.Limits.MaxTotal = 1 }, &app.Error{}, app.Nothing},
		"another account":      {func(s *site) { once(s); s.write("payroll.csv", "n,0660000009,PREPAID_MOBILIS,100"); s.key = "live" }, func(o *app.RunOptions) { o.Amend = true }, &app.OtherAccount{}, app.Nothing},
		"simulated after real": {once, func(o *app.RunOptions) { o.Account.Simulate = true }, &app.OtherProvider{}, app.Nothing},
		"another file":         {func(s *site) { once(s); s.write("payroll.csv", "n,0660000009,PREPAID_MOBILIS,100") }, nil, &app.FileChanged{}, app.Nothing},
		"the same file": {func(s *site) {
			once(s)
			s.write("copy.csv", "E0,0610000000,PREPAID_MOBILIS,100", "E1,0610000001,PREPAID_MOBILIS,101")
		}, nil, &app.RunBefore{}, app.Nothing},
		"a damaged journal": {func(s *site) { once(s); s.damage() }, nil, &journal.Corrupt{}, app.Nothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey}, {Key: "live", Type: simulator.Production}, {Key: "looker", ReadOnly: true}}}, 2)
			c.before(s)
			change := c.change
			if change == nil {
				change = func(*app.RunOptions) {}
			}
			err := s.refused(change)
			if o, ok := app.OutcomeOf(err); !is(err, c.want) || !ok || o != c.outcome {
				t.Errorf("%T, outcome %d: %v", err, o, err)
			}
		})
	}
}

// damage changes a byte in the middle of the journal.
func (s *site) damage() {
	s.t.Helper()
	b, err := os.ReadFile(s.path("payroll.journal"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(s.path("payroll.journal"), strings.Replace(string(b), "PREPAID", "PREPAJD", 1))
}

// A batch that somebody runs is refused to everybody else, and can be looked at.
func TestLocked(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	s.run(app.Done)
	books, err := batch.OpenBooks(journal.Disk{}, s.path("payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.refused(); !is(err, &app.JournalError{}) || !is(err, &journal.Locked{}) {
		t.Errorf("%T: %v", err, err)
	}
	if status, err := s.job.Status(s.place()); err != nil || status.Tally.Total != 3 {
		t.Errorf("%+v, %v", status, err)
	}
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	s.run(app.Done)
}

// What needs a batch says that there is none, or that it never came to be one.
func TestNeverRun(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 1)
	all := func() map[string]error {
		_, status := s.job.Status(s.place())
		_, report := s.job.Report(app.ReportOptions{Place: s.place()})
		_, resend := s.job.Resend(t.Context(), app.ResendOptions{Place: s.place()})
		_, reconcile := s.job.Reconcile(t.Context(), app.ReconcileOptions{Place: s.place(), Account: s.account()})
		_, settle := s.job.Settle(t.Context(), t.Context(), app.SettleOptions{Place: s.place(), Account: s.account()})
		return map[string]error{"status": status, "report": report, "resend": resend, "reconcile": reconcile, "settle": settle}
	}
	for task, err := range all() {
		if !is(err, &app.NeverRun{}) {
			t.Errorf("%s: %v", task, err)
		}
	}
	books, err := batch.OpenBooks(journal.Disk{}, s.path("payroll.journal"))
	if err == nil {
		err = books.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for task, err := range all() {
		if !is(err, &app.NeverSent{}) {
			t.Errorf("%s: %v", task, err)
		}
	}
}

// Check, Template and Plans need no batch, and refuse in their own ways.
func TestBeforeABatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 2)
	from := app.Catalogue{Account: s.account()}
	plans, err := s.job.Plans(t.Context(), from)
	if err != nil || len(plans) == 0 {
		t.Fatalf("%v, %v", plans, err)
	}
	if _, err := s.job.Plans(t.Context(), app.Catalogue{File: s.file}); !is(err, &app.NotCatalogue{}) {
		t.Error(err)
	}
	mine := s.path("mine.xlsx")
	if err := os.WriteFile(mine, []byte("somebody's own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.job.Template(t.Context(), mine, from); !is(err, &outfile.Refused{}) {
		t.Error(err)
	}
	for _, name := range []string{"new", "new.csv", "new.xlsm", "new.xlsx.bak"} {
		if err := s.job.Template(t.Context(), s.path(name), from); !is(err, &app.NotWorkbook{}) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(s.path(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was written", name)
		}
	}
	if err := s.job.Template(t.Context(), s.path("new.xlsx"), from); err != nil {
		t.Error(err)
	}
	check := app.CheckOptions{Place: s.place(), Plans: from, All: true}
	c, err := s.job.Check(t.Context(), check)
	if err != nil || c.Outcome() != app.Done || c.Check.Totals.Valid != 2 || c.Path != s.path("payroll.check.xlsx") {
		t.Errorf("%+v, %v", c, err)
	}
	check.Format = "pdf"
	if _, err := s.job.Check(t.Context(), check); !is(err, &app.BadFormat{}) {
		t.Error(err)
	}
	check.Format, check.Reading.Limits.MaxTotal = "csv", 1
	if c, err := s.job.Check(t.Context(), check); err != nil || c.Outcome() != app.Nothing || !errors.Is(c.Refused, batch.ErrControl) {
		t.Errorf("%+v, %v", c, err)
	}
	s.write("payroll.csv", "1,bad,PREPAID_MOBILIS,100")
	if c, err := s.job.Check(t.Context(), app.CheckOptions{Place: s.place(), Plans: from}); err != nil || c.Outcome() != app.Problems {
		t.Errorf("%+v, %v", c, err)
	}
	if whose, err := s.job.Identify(t.Context(), s.account(), oneclick.NewKey(simulator.DefaultKey)); err != nil || whose.Type != simulator.Sandbox {
		t.Errorf("%+v, %v", whose, err)
	}
	if _, err := s.job.Identify(t.Context(), s.account(), oneclick.NewKey("wrong")); !is(err, &app.Denied{}) {
		t.Errorf("%T: %v", err, err)
	}
}

// An error of anybody else has no outcome, and none at all is none.
func TestOutcomeOf(t *testing.T) {
	for _, err := range []error{nil, errors.New("x"), context.Canceled} {
		if _, ok := app.OutcomeOf(err); ok {
			t.Errorf("%v has an outcome", err)
		}
	}
	if o, ok := app.OutcomeOf(errors.Join(errors.New("x"), app.Failed(app.Open, errors.New("y")))); !ok || o != app.Open {
		t.Errorf("%d, %t", o, ok)
	}
}
