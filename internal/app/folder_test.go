package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/samples"
)

// desk is a folder of batches, and the job on them, simulated.
type desk struct {
	t *testing.T
	app.Folder
	job *app.App
}

func newDesk(t *testing.T) *desk {
	return &desk{t, app.Folder{Path: filepath.Join(t.TempDir(), "batches")}, &app.App{Version: "test"}}
}

// give gives a file as a new batch.
func (f *desk) give(name, text string) *app.Draft {
	f.t.Helper()
	d, err := f.NewDraft(app.Given{Name: name, Who: "Ines", From: strings.NewReader(text)})
	if err != nil {
		f.t.Fatal(err)
	}
	d.Simulate = true
	if err := f.Keep(d); err != nil {
		f.t.Fatal(err)
	}
	return d
}

// content is the file of a draft's current version.
func (f *desk) content(d *app.Draft) string {
	f.t.Helper()
	path, ok := f.File(d, d.Current().Number)
	if !ok {
		f.t.Fatal("the draft has no file")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(b)
}

// plans are those of the simulator.
func simulated() app.Catalogue { return app.Catalogue{Account: app.Account{Simulate: true}} }

// run sends the batch of a draft.
func (f *desk) run(name string) *app.RunResult {
	f.t.Helper()
	r, err := f.job.Run(f.t.Context(), f.t.Context(), app.RunOptions{Place: f.Place(name), Account: app.Account{Simulate: true}, Pace: pace(), Yes: true})
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// The name of a file that was given is shown, and no path is made of it.
func TestFileNamesBecomeNoPath(t *testing.T) {
	f := newDesk(t)
	for _, given := range []string{"../../x.csv", `..\..\x.csv`, "/etc/passwd", "a/../../b.csv", "<script>.csv", ".hidden.csv", "", "..", "con.csv", "a\x00b.csv", strings.Repeat("é", 300) + ".csv", "x.check.xlsx"} {
		d := f.give(given, string(samples.Payroll))
		path, _ := f.File(d, 1)
		if rel, err := filepath.Rel(f.Path, path); err != nil || strings.HasPrefix(rel, "..") || strings.Count(filepath.ToSlash(rel), "/") != 2 {
			t.Errorf("%q lies at %s", given, path)
		}
		if strings.ContainsAny(d.Name, `/\<>:*?"|`) || strings.HasPrefix(d.Name, ".") {
			t.Errorf("%q is called %q", given, d.Name)
		}
	}
	outside, err := filepath.Glob(filepath.Join(filepath.Dir(f.Path), "*"))
	if err != nil || len(outside) != 1 {
		t.Errorf("beside the folder: %v, %v", outside, err)
	}
	if _, err := f.Draft("../batches/x"); err == nil {
		t.Error("a draft outside of the folder was read")
	}
	if _, err := f.Batch("../x"); err == nil {
		t.Error("a batch outside of the folder was read")
	}
}

// The batches of a folder are its drafts and its journals, those touched last first.
func TestBatchesOfAFolder(t *testing.T) {
	f := newDesk(t)
	if list, err := f.Batches(); err != nil || len(list) != 0 {
		t.Fatalf("a folder that is not there: %v, %v", list, err)
	}
	f.give("june.csv", string(samples.Payroll))
	f.give("june.csv", string(samples.Payroll))
	f.run("june")
	if err := os.WriteFile(filepath.Join(f.Path, "bad.journal"), []byte("no journal\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := f.Batches()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]app.FolderBatch{}
	for _, b := range list {
		got[b.Name] = b
	}
	if b := got["june"]; !b.Begun || !b.Draft || b.Head.Account.Type != batch.Simulated {
		t.Errorf("june: %+v", b)
	}
	if b := got["june-2"]; b.Begun || !b.Draft {
		t.Errorf("june-2: %+v", b)
	}
	if b := got["bad"]; b.Err == nil {
		t.Errorf("bad: %+v", b)
	}
	d, err := f.Draft("june")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Discard(d); err == nil {
		t.Error("a batch that was begun was discarded")
	}
}

// A cell that is mended makes a new version, in which nothing else has changed, with
// who, when, old and new.
func TestMendCSV(t *testing.T) {
	text := "Société Atlas;;\r\nMatricule;Nom;Téléphone;Montant\r\n1;\"Ali; aîné\";550000001;100\r\n\r\n2;Inès;0661234567;200\r\nTotal;;;300\r\n"
	latin := strings.NewReplacer("é", "\xe9", "î", "\xee", "è", "\xe8").Replace(text)
	f := newDesk(t)
	d := f.give("paie.csv", latin)
	d.Choices.Plan = "auto"
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", []app.CellMend{{Row: 3, Column: 2, Old: "550000001", New: "0550000001"}}); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff" + strings.Replace(text, "550000001", "0550000001", 1); f.content(d) != want {
		t.Errorf("the file is %q, want %q", f.content(d), want)
	}
	v := d.Current()
	if v.Number != 2 || v.Who != "Ines" || v.At.IsZero() || len(v.Mends) != 1 || v.Mends[0] != (app.Mend{Row: 3, Column: "Téléphone", Old: "550000001", New: "0550000001"}) {
		t.Errorf("the version: %+v", v)
	}
	kept, err := f.Draft("paie")
	if err != nil || len(kept.Versions) != 2 {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	again := []app.CellMend{{Row: 3, Column: 2, Old: "550000001", New: "0770000001"}}
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ali", again); err == nil || len(d.Versions) != 2 {
		t.Errorf("a cell that somebody else has mended meanwhile: %v", err)
	}
}

// A cell of a workbook is mended in place.
func TestMendWorkbook(t *testing.T) {
	f := newDesk(t)
	d := f.give("payroll.xlsx", string(samples.PayrollXLSX))
	in, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Plans: simulated()})
	if err != nil {
		t.Fatal(err)
	}
	row, column := in.Check.Rows[4], len(in.Check.Header)-1
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", []app.CellMend{{Row: row.Number, Column: column, Old: row.Cells.At(column), New: "700"}}); err != nil {
		t.Fatal(err)
	}
	after, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Plans: simulated()})
	if err != nil {
		t.Fatal(err)
	}
	for i, was := range in.Check.Rows {
		is := after.Check.Rows[i]
		if i == 4 {
			if is.Topup.Amount != 700 || is.Number != was.Number {
				t.Errorf("the mended row: %+v", is)
			}
		} else if !is.Cells.Equal(was.Cells) || is.Ref != was.Ref {
			t.Errorf("row %d has changed: %v, was %v", was.Number, is.Cells.List(), was.Cells.List())
		}
	}
	x, err := excelize.OpenReader(strings.NewReader(f.content(d)))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// What people have approved is mended no more, and the refusal names them.
func TestApprovedIsNotMended(t *testing.T) {
	f := newDesk(t)
	d := f.give("payroll.csv", string(samples.Payroll))
	p, err := f.job.Prepare(t.Context(), app.RunOptions{Place: f.Place(d.Name), Account: app.Account{Simulate: true}, Yes: true})
	if err != nil {
		t.Fatal(err)
	}
	mend := []app.CellMend{{Row: 2, Column: 4, Old: "1000", New: "900"}}
	by := (&site{t: t, dir: t.TempDir()}).signers("Amel")[0]
	if _, err := f.job.Approve(t.Context(), app.ApproveOptions{Request: p.Path, Digest: p.Request.Digest, Signer: by, Yes: true}); err != nil {
		t.Fatal(err)
	}
	err = f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", mend)
	approved, ok := errors.AsType[*app.ApprovedAlready](err)
	if !ok || len(approved.Approvers) != 1 || approved.Approvers[0] != "Amel" || approved.Rows[0] != 2 {
		t.Errorf("mended after approval: %v", err)
	}
	if err := f.AddVersion(d, app.Given{Name: "payroll.csv", Who: "Ines", From: strings.NewReader(string(samples.Payroll) + "\n")}); err != nil {
		t.Fatal(err)
	}
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", mend); err != nil {
		t.Errorf("a corrected file is mended: %v", err)
	}
}

// That rows are to be paid once more is said of the rows that somebody was shown: not of
// a corrected file, and not of the same file when it is read in another way.
func TestPayingAgainIsSaidOfRows(t *testing.T) {
	f := newDesk(t)
	for name, change := range map[string]func(d *app.Draft) error{
		"another file": func(d *app.Draft) error {
			return f.AddVersion(d, app.Given{Name: "b.csv", From: strings.NewReader("phone,plan,amount\n0660000002,PREPAID_MOBILIS,100\n")})
		},
		"another column": func(d *app.Draft) error {
			d.Choices.Map = map[string]string{"phone": "B"}
			return f.Keep(d)
		},
		"another amount": func(d *app.Draft) error {
			d.Choices.Amount = 200
			return f.Keep(d)
		},
	} {
		d := f.give(name+".csv", "phone,plan,amount\n0660000001,PREPAID_MOBILIS,100\n")
		d.Meant, d.Again, d.Reason = true, 1, "a bonus"
		if err := f.Keep(d); err != nil {
			t.Fatal(err)
		}
		if d, err := f.Draft(d.Name); err != nil || !d.Meant || d.Again != 1 || d.Reason != "a bonus" {
			t.Errorf("%s: what was said is not kept: %+v, %v", name, d, err)
		}
		if err := change(d); err != nil {
			t.Fatal(err)
		}
		if d, err := f.Draft(d.Name); err != nil || d.Meant || d.Again != 0 || d.Reason != "" {
			t.Errorf("%s: what was said of other rows is kept: %+v, %v", name, d, err)
		}
	}
}

// A file with columns that were confirmed before is read as they were.
func TestColumnsAreRemembered(t *testing.T) {
	f := newDesk(t)
	first := f.give("june.csv", "Nr;Who;Number;Sum\n1;Ali;0550000001;100\n")
	if err := f.Recall(first); err != nil || first.Settled {
		t.Fatalf("never seen: %+v, %v", first, err)
	}
	first.Choices = app.Choices{Map: map[string]string{"phone": "C", "amount": "D"}, Plan: "auto"}
	if err := f.Remember(first, []string{"Nr", "Who", "Number", "Sum"}); err != nil {
		t.Fatal(err)
	}
	second := f.give("july.csv", "NR;who; Number;Sum\n2;Ines;0661234567;200\n")
	second.Choices.Map = map[string]string{"phone": "C"}
	if err := f.Recall(second); err != nil || !second.Settled || second.Choices.Plan != "auto" || second.Choices.Map["amount"] != "D" {
		t.Errorf("the same columns: %+v, %v", second, err)
	}
	third := f.give("august.csv", "Nr;Who;Phone;Sum\n2;Ines;0661234567;200\n")
	if err := f.Recall(third); err != nil || third.Settled {
		t.Errorf("other columns: %+v, %v", third, err)
	}
}

// A phone is found in every batch that has it, by its journal.
func TestFind(t *testing.T) {
	f := newDesk(t)
	for _, name := range []string{"may", "june"} {
		f.give(name+".csv", string(samples.Payroll)+"X"+name+";"+name+";0661234567;PREPAID_MOBILIS;100\n")
		f.run(name)
	}
	f.give("july.csv", string(samples.Payroll))
	read := func(name string) (*batch.Ledger, error) {
		k, err := app.ReadKnown(app.Place{File: f.Journal(name), State: f.Path})
		if err != nil {
			return nil, err
		}
		return k.Ledger, nil
	}
	for text, want := range map[string]string{"0661234567": "june may", "+213 661 23 45 67": "june may", "xMAY": "may", "Agent 20": "june may", "nobody": ""} {
		found, more, err := f.Find(t.Context(), app.NewSearch(text), 10, read)
		if err != nil || more {
			t.Fatalf("%q: %v, %v", text, more, err)
		}
		var names []string
		for _, x := range found {
			names = append(names, x.Batch)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q was found in %q, want %q", text, got, want)
		}
	}
	if found, more, err := f.Find(t.Context(), app.NewSearch("agent"), 5, read); err != nil || !more || len(found) != 5 {
		t.Errorf("many: %d, %v, %v", len(found), more, err)
	}
}

// A name that another place has is given to no draft; where that cannot be found out,
// none is made.
func TestNamesAreTaken(t *testing.T) {
	f := newDesk(t)
	f.Taken = func(name string) (bool, error) { return name == "june", nil }
	if d := f.give("june.csv", string(samples.Payroll)); d.Name != "june-2" {
		t.Errorf("the draft is called %q", d.Name)
	}
	away := errors.New("out of reach")
	f.Taken = func(string) (bool, error) { return false, away }
	if d, err := f.NewDraft(app.Given{Name: "july.csv", From: strings.NewReader(string(samples.Payroll))}); !errors.Is(err, away) {
		t.Errorf("a draft %+v, %v", d, err)
	}
	if entries, err := os.ReadDir(f.Path); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}
