package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/register"
	"flexybatch/report"
)

// payer is an account of the simulated provider, a person's folders and register,
// and the job that is called on them.
type payer struct {
	app.Unobserved
	t      *testing.T
	url    string
	dir    string
	state  string // the register's folder
	job    *app.App
	flight *app.Preflight
	notes  []string
	files  int // that were written
}

func (p *payer) Preflight(f *app.Preflight) { p.flight = f }
func (p *payer) Note(m lang.Message)        { p.notes = append(p.notes, m.String()) }

func newPayer(t *testing.T, c simulator.Config) *payer {
	t.Helper()
	c.Speed = 500
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	p := &payer{t: t, url: server.URL, dir: t.TempDir(), state: filepath.Join(t.TempDir(), "state")}
	p.job = &app.App{Version: "test", Observer: p, Register: p.register(p.state), Key: func(context.Context, string) (oneclick.Key, error) {
		return oneclick.NewKey(simulator.DefaultKey), nil
	}}
	return p
}

func (p *payer) register(dir string) *register.Register {
	p.t.Helper()
	r, err := register.Open(dir)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// file writes a payroll, a row in each line, and says how it is run. No two files
// are the same, byte by byte.
func (p *payer) file(name, rows string) app.RunOptions {
	p.t.Helper()
	p.files++
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	text := "Matricule,Nom,phone,plan,amount,flexybatch:origin\n" + strings.ReplaceAll(strings.TrimSpace(rows), "\t", "") + strings.Repeat("\n", p.files)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return app.RunOptions{Place: app.Place{File: path}, Account: app.Account{BaseURL: p.url}, Yes: true, Pace: app.Pace{
		Rate: app.None, Poll: 20 * time.Millisecond, Wait: 20 * time.Second, PhoneGap: app.None, Timeout: 5 * time.Second,
	}}
}

// run runs a batch and returns what was shown before.
func (p *payer) run(o app.RunOptions) app.Comparison {
	p.t.Helper()
	if _, err := p.job.Run(p.t.Context(), p.t.Context(), o); err != nil {
		p.t.Fatal(err)
	}
	return p.flight.Compared
}

// wants compares what is told with what should be: the changes first, and then the
// unusual amounts.
func wants(t *testing.T, c app.Comparison, want ...string) {
	t.Helper()
	got := []string{""}
	if c.Changes != nil {
		got[0] = strings.ReplaceAll(c.Changes.Message().String(), time.Now().Format(time.DateOnly), "today")
	}
	for _, f := range c.Unusual {
		got = append(got, fmt.Sprintf("%d %s %s", f.Row, f.Code, report.UnusualAmount(f)))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

const (
	october = `
		E1,Amel,0660000001,PREPAID_MOBILIS,300
		E2,Badis,0660000002,PREPAID_MOBILIS,300
		E3,Chafia,0660000003,PREPAID_MOBILIS,300
		E4,Djamel,0660000004,PREPAID_MOBILIS,300
		E17,Warda,0660000017,PREPAID_MOBILIS,300`
	november = `
		E1,Amel,0660000001,PREPAID_MOBILIS,3000
		E2,Badis,0660000002,PREPAID_MOBILIS,800
		E3,Chafia,0660000003,PREPAID_MOBILIS,300
		E17,Warda,0770000017,PREPAID_DJEZZY,300
		E5,Nabil,0660000005,PREPAID_MOBILIS,300
		E6,Lina,0660000006,PREPAID_MOBILIS,300`
	sinceOctober = "As october (today), but: 2 people are new, Djamel (E4) is gone, 2 amounts are up by more than half, the number of Warda (E17) changed, the plan of Warda (E17) changed."
	slip         = "2 amount.tenfold Amel (E1): 3000 dinars, and 300 in batch october; is there a zero too many?"
)

// Two months in a row, in two folders: the register leads from one to the other.
func TestMonthAfterMonth(t *testing.T) {
	p := newPayer(t, simulator.Config{})
	wants(t, p.run(p.file("2026-10/october.csv", october)), "")
	o := p.file("2026-11/november.csv", november)
	r, err := p.job.Rehearse(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, r.Preflight.Compared, sinceOctober, slip)
	p.job.Uncompared = true
	alone, err := p.job.Rehearse(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, alone.Preflight.Compared, "")
	p.job.Uncompared = false
	if v := r.Check.Validation(); len(v.Warnings) != 1 || v.Changes.Since != "october" || v.Changes.New != 2 || v.Rows.Invalid != 0 {
		t.Errorf("%+v", v)
	}
	c, err := p.job.Check(t.Context(), app.CheckOptions{Place: o.Place, Plans: app.Catalogue{Account: o.Account}})
	if err != nil || c.Outcome() != app.Done {
		t.Fatalf("%v, %v", c, err)
	}
	wants(t, app.Comparison{Unusual: c.Check.Unusual, Changes: c.Check.Changes}, sinceOctober, slip)
	prepared, err := p.job.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, p.job.CompareRequest(t.Context(), prepared.Path, prepared.Request.Request),
		sinceOctober, slip) // what is signed names people too

	wants(t, p.run(o), sinceOctober, slip)
	o = p.file("2026-12/december.csv", november)
	wants(t, p.run(o), // 3000 is usual for Amel now
		"As november (today): nobody is new or gone, no number, plan or id is another, and no amount is much higher or lower.")
	again, err := p.job.Rehearse(t.Context(), o) // nothing is its own history
	if err != nil {
		t.Fatal(err)
	}
	wants(t, again.Preflight.Compared, "")
	entries, damaged, err := p.job.Register.Entries(t.Context())
	if err != nil || damaged > 0 || len(entries) != 3 || entries[0].Batch != "december" || entries[0].Account.Type != "SANDBOX" {
		t.Errorf("the register has %+v, %d damaged, %v", entries, damaged, err)
	}
}

// A month that is checked anew is compared with those before it, not with those after.
func TestComparedWithTheMonthsBefore(t *testing.T) {
	p := newPayer(t, simulator.Config{})
	p.run(p.file("october.csv", october))
	o := p.file("november.csv", november)
	p.run(o)
	p.run(p.file("december.csv", november))
	c, err := p.job.Check(t.Context(), app.CheckOptions{Place: o.Place, Plans: app.Catalogue{Account: o.Account}})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, app.Comparison{Unusual: c.Check.Unusual, Changes: c.Check.Changes}, sinceOctober, slip)
}

// Without the register, the journals beside the file tell; without a key, they also
// tell whose they are.
func TestHistoryBesideTheFile(t *testing.T) {
	p := newPayer(t, simulator.Config{})
	p.job.Register = nil
	p.run(p.file("october.csv", october))
	o := p.file("november.csv", november)
	plans, err := p.job.Plans(t.Context(), app.Catalogue{Account: o.Account})
	if err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(p.dir, "plans.json")
	writeJSON(t, saved, plans)
	p.job.Key = nil
	c, err := p.job.Check(t.Context(), app.CheckOptions{Place: o.Place, Plans: app.Catalogue{File: saved}})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, app.Comparison{Unusual: c.Check.Unusual, Changes: c.Check.Changes}, sinceOctober, slip)

	if err := os.WriteFile(filepath.Join(p.dir, "october.journal"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err = p.job.Check(t.Context(), app.CheckOptions{Place: o.Place, Plans: app.Catalogue{File: saved}})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, app.Comparison{Unusual: c.Check.Unusual, Changes: c.Check.Changes}, "", "2 amount.tenfold Amel (E1): 3000 dinars, where 300 is usual in this file; is there a zero too many?")
}

// Simulated batches are compared with simulated ones beside them, and leave nothing
// in the register's folder.
func TestSimulatedHistory(t *testing.T) {
	p := newPayer(t, simulator.Config{})
	simulated := func(o app.RunOptions) app.RunOptions {
		o.Account = app.Account{Simulate: true}
		return o
	}
	p.run(simulated(p.file("october.csv", october)))
	wants(t, p.run(simulated(p.file("elsewhere/november.csv", november))), "", "2 amount.tenfold Amel (E1): 3000 dinars, where 300 is usual in this file; is there a zero too many?")
	wants(t, p.run(simulated(p.file("november.csv", november))), sinceOctober, slip)
	if _, err := os.Stat(p.state); !os.IsNotExist(err) {
		t.Errorf("simulated runs made the register's folder: %v", err)
	}
	real := p.run(p.file("december.csv", october))
	wants(t, real, "")
}

// Another account's batches, batches of rows sent anew, and batches of which nothing
// was sent are no last month.
func TestWhatIsNoLastBatch(t *testing.T) {
	keys := []simulator.Key{{Key: simulator.DefaultKey}, {Key: "other", Username: "other"}}
	p := newPayer(t, simulator.Config{Keys: keys})
	p.run(p.file("october.csv", october))
	wants(t, p.run(p.file("october-r1.csv", "E1,Amel,0660000001,PREPAID_MOBILIS,300,october/october-aaaaaaaaaaaaaaaaaaaa")), "")
	p.run(p.file("site-b.csv", `
		S1,Salim,0550000001,PREPAID_OOREDOO,900
		S2,Tarek,0550000002,PREPAID_OOREDOO,900`))
	wants(t, p.run(p.file("november.csv", october)), "As october (today): nobody is new or gone, no number, plan or id is another, and no amount is much higher or lower.")

	p.job.Key = func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey("other"), nil }
	wants(t, p.run(p.file("other.csv", october)), "")
}

// A register that cannot be written costs a note, and no payment.
func TestRegisterThatCannotBeWritten(t *testing.T) {
	p := newPayer(t, simulator.Config{})
	state := filepath.Join(p.dir, "state")
	if err := os.Symlink(filepath.Join(p.dir, "gone"), state); err != nil {
		t.Skipf("no links here: %v", err)
	}
	p.job.Register = p.register(state)
	result, err := p.job.Run(t.Context(), t.Context(), p.file("october.csv", october))
	if err != nil || result.Outcome() != app.Done {
		t.Fatalf("%+v, %v", result, err)
	}
	if !strings.Contains(strings.Join(p.notes, "\n"), "the register of batches") {
		t.Errorf("the notes are %q", p.notes)
	}
}

func writeJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
