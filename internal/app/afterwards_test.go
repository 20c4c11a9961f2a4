package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// What came back is paid in a batch of its own, once.
func TestResend(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	s.write("payroll.csv", "1,0600000001,PREPAID_MOBILIS,100", "2,bad,PREPAID_MOBILIS,100", "3,0660000003,PREPAID_MOBILIS,100")
	s.run(app.Problems)
	original := s.place()
	resend := func(out string) (*app.Resent, error) {
		return s.job.Resend(t.Context(), app.ResendOptions{Place: original, Out: out})
	}
	r, err := resend("")
	if err != nil || r.Outcome() != app.Done || len(r.Rows.Rows) != 2 || r.Name != "payroll-r1" || r.Path != s.path("payroll-r1.xlsx") || r.From != "payroll" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := resend(""); err != nil { // until it is run, it is written again
		t.Error(err)
	}
	s.file = r.Path
	if got := s.run(app.Problems); got.Summary.SentNow != 1 || got.Summary.Rows.Total != 2 {
		t.Errorf("%+v", got.Summary)
	}
	if got := s.run(app.Problems); got.Summary.SentNow != 0 {
		t.Errorf("%+v", got.Summary)
	}
	if _, err := resend(""); !is(err, &app.ResendRun{}) {
		t.Errorf("%T: %v", err, err)
	}
	if r, err := resend(s.path("extra.xlsx")); err != nil || r.Path != "" || len(r.Rows.Left) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{s.path("payroll.xlsx"), s.path("extra.csv")} {
		if _, err := resend(bad); !is(err, &app.BadResend{}) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	s.once(3)
}

// A stranger's order under a reference of this batch's kind is found, and so is a
// statement that was tampered with.
func TestReconcileFindsDifferences(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	s.run(app.Done)
	ref := s.sim.Orders()[0].Ref
	ref = ref[:len(ref)-4] + "aaaa"
	body := fmt.Sprintf(`{"plan_code":"PREPAID_MOBILIS","MSSIDN":"0669999999","amount":100,"ref":%q}`, ref)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/mobile/send", strings.NewReader(body))
	req.Header.Set("X-Access-Token", simulator.DefaultKey)
	s.sim.ServeHTTP(httptest.NewRecorder(), req)
	r := s.reconciled()
	if r.Outcome() != app.Problems || len(r.Differences) != 1 || r.Differences[0].Kind != "foreign-order" {
		t.Errorf("%+v", r.Differences)
	}
	if _, err := os.Stat(r.Path); err != nil || r.Path != s.path("payroll.reconciliation.xlsx") {
		t.Error(err)
	}
	s.put(s.path("export.csv"), "Date;Type;Montant;Solde avant;Solde après;Référence\n31/10/2026 09:30;DEPOSIT;500,00;0,00;500,00;\n")
	s.job.Key = nil // a statement needs none
	got, err := s.job.Reconcile(t.Context(), app.ReconcileOptions{Place: s.place(), Statement: s.path("export.csv"), Out: s.path("by hand.xlsx")})
	if err != nil || got.Outcome() != app.Problems || len(got.Differences) < 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.job.Reconcile(t.Context(), app.ReconcileOptions{Place: s.place(), Statement: s.file}); err == nil {
		t.Error("a payroll is taken for a statement")
	}
	if _, err := s.job.Reconcile(t.Context(), app.ReconcileOptions{Place: s.place(), Account: s.account()}); !is(err, &app.NoKey{}) {
		t.Errorf("%T: %v", err, err)
	}
}

// A report is made from the journal alone, in every form.
func TestReport(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	result := s.run(app.Done)
	for _, path := range []string{s.file, result.Summary.Report} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	from := app.Place{File: s.path("payroll.journal")}
	r, err := s.job.Report(app.ReportOptions{Place: from})
	if err != nil || r.Outcome() != app.Done || r.Path != result.Summary.Report {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, format := range app.ReportFormats() {
		var out bytes.Buffer
		if r, err := s.job.Report(app.ReportOptions{Place: from, Format: format, To: &out}); err != nil || r.Path != "" || out.Len() == 0 {
			t.Errorf("%s: %+v, %v", format, r, err)
		}
	}
	if _, err := s.job.Report(app.ReportOptions{Place: from, Format: "pdf"}); !is(err, &app.BadFormat{}) {
		t.Error(err)
	}
	var out bytes.Buffer
	if _, err := s.job.Report(app.ReportOptions{Place: from, Format: "csv", Redact: true, To: &out}); err != nil || strings.Contains(out.String(), "0610000001") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if r, err := s.job.Report(app.ReportOptions{Place: from, Redact: true}); err != nil || filepath.Base(r.Path) != "payroll.redacted.xlsx" {
		t.Errorf("%+v, %v", r, err)
	}
}
