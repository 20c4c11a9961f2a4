package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/journal"
)

// payrollOf is a payroll of n rows, in which every thousandth phone is broken.
func payrollOf(n int) string {
	var b strings.Builder
	b.WriteString("Matricule;Nom;Téléphone;Offre;Montant\n")
	for i := range n {
		phone := fmt.Sprintf("06%08d", 10_000_000+i)
		if i%1000 == 999 {
			phone = phone[1:]
		}
		fmt.Fprintf(&b, "E%07d;Agent %d;%s;PREPAID_MOBILIS;%d\n", i, i, phone, 100+i%900)
	}
	return b.String()
}

// writeBooks writes the journal of a batch of n rows, none of which was sent yet, with
// phones from a number on.
func writeBooks(b *testing.B, f app.Folder, name string, n, from int) {
	b.Helper()
	rows := make([]batch.Row, n)
	for i := range rows {
		phone := batch.Phone(fmt.Sprintf("06%08d", 10_000_000+from+i))
		id := fmt.Sprintf("E%07d", i)
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: phone, Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i%900), ID: id},
			Cells: batch.CellsOf(id, fmt.Sprint("Agent ", i), string(phone), "PREPAID_MOBILIS", fmt.Sprint(100+i%900))}
	}
	plans, _, err := oneclick.BuiltIn()
	if err != nil {
		b.Fatal(err)
	}
	batch.Assign(name, rows, plans, batch.Limits{})
	books, err := batch.OpenBooks(journal.Disk{}, f.Journal(name))
	if err != nil {
		b.Fatal(err)
	}
	err = books.Begin(batch.BatchRecord{Name: name, File: name + ".csv", Header: []string{"Matricule", "Nom", "Téléphone", "Offre", "Montant"},
		Account: batch.Account{Type: batch.Simulated, Host: "simulator"}, Catalogue: plans}, rows)
	if err != nil {
		b.Fatal(err)
	}
	if err := books.Close(); err != nil {
		b.Fatal(err)
	}
}

// Each page of a batch of 10,000 rows takes less than 100 ms, and of 1,000,000 rows
// less than a second, the first time too. With -short the million is left out.
func BenchmarkPages(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		if testing.Short() && n > 10_000 {
			continue
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkPages(b, n) })
	}
}

func benchmarkPages(b *testing.B, n int) {
	f := app.Folder{Path: b.TempDir()}
	k, err := console.New(console.Config{Folder: f, Job: app.App{Version: "test"}, Account: app.Account{Simulate: true}, Token: "once", Hosts: []string{"example.com"}})
	if err != nil {
		b.Fatal(err)
	}
	d, err := f.NewDraft(app.Given{Name: "draft.csv", From: strings.NewReader(payrollOf(n))})
	if err != nil {
		b.Fatal(err)
	}
	d.Simulate, d.Settled = true, true
	if err := f.Keep(d); err != nil {
		b.Fatal(err)
	}
	writeBooks(b, f, "books", n, 0)
	w := httptest.NewRecorder()
	k.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?token=once", nil))
	cookie := w.Result().Cookies()[0]
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			b.Fatalf("%s: %d", path, w.Code)
		}
		return w
	}
	last := fmt.Sprint((n + 49) / 50)
	for _, path := range []string{"/", "/batches/draft/check", "/batches/draft/check?rows=all&page=" + last, "/batches/draft/answers", "/batches/draft/steps/header",
		"/batches/books", "/batches/books/rows", "/batches/books/rows?page=" + last, "/batches/books/rows?state=unsent&page=3"} {
		b.Run(path, func(b *testing.B) {
			begin := time.Now()
			again := strings.Contains(get(path).Body.String(), `http-equiv="refresh"`)
			first := time.Since(begin)
			for again {
				again = strings.Contains(get(path).Body.String(), `http-equiv="refresh"`)
			}
			ready := time.Since(begin)
			for b.Loop() {
				get(path)
			}
			b.ReportMetric(float64(first.Milliseconds()), "first-ms")
			b.ReportMetric(float64(ready.Milliseconds()), "ready-ms")
		})
	}
}

// A phone is found in 50 batches of 10,000 rows, none of which was read before, in less
// than a second.
func BenchmarkFind(b *testing.B) {
	f := app.Folder{Path: b.TempDir()}
	for i := range 50 {
		writeBooks(b, f, fmt.Sprint("batch-", i), 10_000, 1_000_000*i)
	}
	read := func(name string) (*batch.Ledger, error) {
		k, err := app.ReadKnown(app.Place{File: f.Journal(name), State: f.Path})
		if err != nil {
			return nil, err
		}
		return k.Ledger, nil
	}
	for b.Loop() {
		found, _, err := f.Find(b.Context(), app.NewSearch("0631005000"), 10, read)
		if err != nil || len(found) != 1 {
			b.Fatalf("%v, %v", found, err)
		}
	}
}
