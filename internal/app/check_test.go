package app_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// A check is written where there is something in it to mend or to look at, where it is
// asked for, and where an earlier one would else say what is no longer so.
func TestCheckOnlyWhereNeeded(t *testing.T) {
	const fine = "2,0660000002,PREPAID_MOBILIS,100"
	for _, c := range []struct {
		name    string
		rows    []string
		change  func(*app.CheckOptions)
		earlier bool // there is a check of other rows
		written bool
	}{
		{"all is well", []string{"1,0660000001,PREPAID_MOBILIS,100", fine}, nil, false, false},
		{"asked for", []string{fine}, func(o *app.CheckOptions) { o.All = true }, false, true},
		{"asked for by its format", []string{fine}, func(o *app.CheckOptions) { o.Format = "xlsx" }, false, true},
		{"an earlier one is there", []string{fine}, nil, true, true},
		{"a row is wrong", []string{"1,bad,PREPAID_MOBILIS,100", fine}, nil, false, true},
		{"a phone comes twice", []string{"1,0660000002,PREPAID_MOBILIS,200", fine}, nil, false, true},
		{"a phone was repaired", []string{"1,660000001,PREPAID_MOBILIS,100"}, func(o *app.CheckOptions) { o.Reading.Rules.FixPhones = true }, false, true},
		{"the control totals are others", []string{fine}, func(o *app.CheckOptions) { o.Reading.Limits.MaxTotal = 1 }, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, simulator.Config{}, 0)
			o := app.CheckOptions{Place: s.place(), Plans: app.Catalogue{Account: app.Account{Simulate: true}}}
			if c.earlier {
				s.write("payroll.csv", "1,bad,PREPAID_MOBILIS,100")
				if found, err := s.job.Check(t.Context(), o); err != nil || found.Path == "" {
					t.Fatal(found, err)
				}
			}
			s.write("payroll.csv", c.rows...)
			if c.change != nil {
				c.change(&o)
			}
			found, err := s.job.Check(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			_, missing := os.Stat(s.path("payroll.check.xlsx"))
			if (found.Path != "") != c.written || errors.Is(missing, fs.ErrNotExist) == c.written {
				t.Errorf("written: %q, %v; want %t", found.Path, missing, c.written)
			}
		})
	}
}
