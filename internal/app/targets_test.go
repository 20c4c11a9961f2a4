package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/internal/outfile"
)

// Every reason has an outcome: where no change on the disk would help, the command
// line is wrong.
func TestOutcomesOfRefusals(t *testing.T) {
	for reason, want := range map[outfile.Reason]Outcome{
		outfile.IsInput: Usage, outfile.IsTwice: Usage, outfile.ReservedName: Usage, outfile.WrongName: Usage,
		outfile.IsFolder: Nothing, outfile.NoFolder: Nothing, outfile.NotWritable: Nothing, outfile.NotOrdinary: Nothing, outfile.HoldsOther: Nothing,
		outfile.OfOtherBatch: Nothing, outfile.WasChanged: Nothing, outfile.NotOurs: Nothing, outfile.ExistsAlready: Nothing,
	} {
		err := sentNothing(refusedTarget(&outfile.Refused{Target: outfile.Target{Path: "a.xlsx", Kind: outfile.Report}, Reason: reason}))
		if got, ok := OutcomeOf(err); !ok || got != want || !strings.HasSuffix(err.Error(), "; nothing was sent") {
			t.Errorf("%s: outcome %d, %v", reason, got, err)
		}
	}
}

// A task checks what the door writes together with its own files, before it reads or
// asks anything.
func TestFilesOfTheDoor(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "paie.csv")
	if err := os.WriteFile(file, []byte("no payroll at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := outfile.Input{Path: filepath.Join(dir, "key.xlsx"), Role: outfile.Secret}
	a := App{Files: Files{Written: []outfile.Target{{Path: filepath.Join(dir, "both"), Kind: outfile.Log}}, Read: []outfile.Input{key}}}
	check := func(o CheckOptions, want outfile.Reason) {
		t.Helper()
		o.Place = Place{File: file}
		_, err := a.Check(t.Context(), o)
		if r, ok := errors.AsType[*TargetRefused](err); !ok || r.Reason != want {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
	check(CheckOptions{Out: key.Path}, outfile.IsInput)
	check(CheckOptions{Out: filepath.Join(dir, "both"), Format: "json"}, outfile.IsTwice)
	check(CheckOptions{Out: key.Path, Reading: Reading{PasswordFile: key.Path}}, outfile.IsInput)
	a.Files = Files{}
	check(CheckOptions{Out: key.Path, Reading: Reading{PasswordFile: key.Path}}, outfile.IsInput)
	check(CheckOptions{Out: key.Path, Plans: Catalogue{File: key.Path}}, outfile.IsInput)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// One name has several spellings. The files of a batch keep theirs.
func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"paie", "paie", true}, {"Paie", "pAIE", true}, {"pa\u00efe", "pai\u0308e", true}, {"\u0631\u0648\u0627\u062a\u0628", "\u0631\u0648\u0627\u062a\u0628", true},
		{"paie", "paie-r1", false}, {"paie", "paie ", false}, {"", "paie", false},
	} {
		if got := sameName(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %t", c.a, c.b, got)
		}
	}
	at := &Location{Name: "PAIE", State: "s"}
	if err := at.owned("paie"); err != nil || at.Name != "paie" || at.Journal() != filepath.Join("s", "PAIE.journal") || at.Results() != filepath.Join("s", "PAIE.results.xlsx") {
		t.Errorf("%v: %+v", err, at)
	}
	var other *OtherBatch
	if err := at.owned("oct"); !errors.As(err, &other) || other.Holds != "oct" || other.Name != "paie" {
		t.Errorf("%v", err)
	}
}
