package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

// clerk is somebody who pays people with the built binary and a key of type
// PRODUCTION, and does to the files what people do. The provider's ledger is the
// truth about who was paid.
type clerk struct{ *site }

// newClerk starts a provider. The clerk has no file yet, and a register of batches of
// their own.
func newClerk(t *testing.T, c simulator.Config) *clerk {
	t.Helper()
	c.Keys = []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}
	k := &clerk{newSite(t, c, 0)}
	k.ok(os.Remove(k.file))
	k.moveToAnotherMachine()
	return k
}

// moveToAnotherMachine leaves the register of batches behind.
func (k *clerk) moveToAnotherMachine() {
	state := k.t.TempDir()
	k.env = append(k.env, "XDG_STATE_HOME="+state, "LocalAppData="+state)
	if runtime.GOOS == "darwin" {
		k.env = append(k.env, "HOME="+state)
	}
}

// ok fails the test at the first error.
func (k *clerk) ok(errs ...error) {
	k.t.Helper()
	for _, err := range errs {
		if err != nil {
			k.t.Fatal(err)
		}
	}
}

// path is that of a file of the clerk.
func (k *clerk) path(name string) string { return filepath.Join(k.dir, name) }

// opens takes a file that exists as the input from here on.
func (k *clerk) opens(name string) { k.file = k.path(name) }

// copies copies a file, which keeps its content and nothing else.
func (k *clerk) copies(from, to string) {
	k.t.Helper()
	b, err := os.ReadFile(k.path(from))
	k.ok(err)
	k.ok(os.WriteFile(k.path(to), b, 0o600))
}

// saves writes rows, a line each with cells between semicolons, in the format that
// the name says, and opens the file.
func (k *clerk) saves(name string, rows ...string) {
	k.t.Helper()
	if filepath.Ext(name) == ".csv" {
		k.write(name, strings.Join(rows, "\n")+"\n")
		return
	}
	k.opens(name)
	book := excelize.NewFile()
	for i, row := range rows {
		for j, text := range strings.Split(row, ";") {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			k.ok(err, book.SetCellStr("Sheet1", cell, text))
		}
	}
	k.ok(book.SaveAs(k.file), book.Close())
}

// mends replaces cells of a sheet that hold a text, and saves as a spreadsheet
// program does.
func (k *clerk) mends(name, sheet, old, new string) {
	k.t.Helper()
	book, err := excelize.OpenFile(k.path(name))
	k.ok(err)
	cells, err := book.SearchSheet(sheet, old)
	k.ok(err)
	if len(cells) == 0 {
		k.t.Fatalf("no cell of %s holds %q", name, old)
	}
	for _, cell := range cells {
		k.ok(book.SetCellStr(sheet, cell, new))
	}
	k.ok(book.Save(), book.Close())
}

// drops takes a column out of a sheet.
func (k *clerk) drops(name, sheet, title string) {
	k.t.Helper()
	book, err := excelize.OpenFile(k.path(name))
	k.ok(err)
	cells, err := book.SearchSheet(sheet, title)
	k.ok(err)
	if len(cells) != 1 {
		k.t.Fatalf("%q stands in %v of %s", title, cells, name)
	}
	column, _, err := excelize.SplitCellName(cells[0])
	k.ok(err, book.RemoveCol(sheet, column), book.Save(), book.Close())
}

// pays runs the batch, and wants this exit code and so many rows sent.
func (k *clerk) pays(code, sent int, more ...string) (words string) {
	k.t.Helper()
	sum, words := k.run(code, more...)
	if sum.SentNow != sent {
		k.t.Errorf("run %v sent %d rows now, want %d\n%s", more, sum.SentNow, sent, words)
	}
	return words
}

// paid lists what each phone got for good, such as "0660000001: 100 200", sorted.
func (k *clerk) paid() (list []string) {
	got := map[string]string{}
	for _, o := range k.sim.Orders() {
		if o.Refunded == 0 {
			got[o.Phone] += fmt.Sprintf(" %d", o.Amount)
		}
	}
	for _, phone := range slices.Sorted(maps.Keys(got)) {
		list = append(list, phone+":"+got[phone])
	}
	return list
}

// wants fails the test unless exactly these were paid.
func (k *clerk) wants(paid ...string) {
	k.t.Helper()
	if got := k.paid(); !slices.Equal(got, paid) {
		k.t.Errorf("the provider paid\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(paid, "\n  "))
	}
}

// hears fails the test unless each of the texts was said.
func (k *clerk) hears(words string, texts ...string) {
	k.t.Helper()
	for _, text := range texts {
		if !strings.Contains(words, text) {
			k.t.Errorf("%q is not in\n%s", text, words)
		}
	}
}

// asks runs any command and returns its exit code and what it said.
func (k *clerk) asks(args ...string) (code int, stdout, stderr string) {
	k.t.Helper()
	cmd, out, errs := k.command(args...)
	code = exitCode(k.t, cmd.Run())
	return code, out.String(), errs.String()
}

// reads is the report of the open file as JSON.
func (k *clerk) reads(more ...string) (rows []report.Row) {
	k.t.Helper()
	code, out, errs := k.asks(append([]string{"report", "--format", "ndjson", k.file}, more...)...)
	if code == exitNothing || code == exitUsage {
		k.t.Fatalf("report: exit %d: %s", code, errs)
	}
	for line := range strings.Lines(out) {
		var r report.Row
		k.ok(json.Unmarshal([]byte(line), &r))
		rows = append(rows, r)
	}
	return rows
}

// checks validates the open file as an amendment, and counts the rows of a code.
func (k *clerk) checks(code string, more ...string) (n int) {
	k.t.Helper()
	exit, out, errs := k.asks(append([]string{"validate", "--json", "--out", "checked.xlsx", k.file}, more...)...)
	if exit != exitDone && exit != exitProblems {
		k.t.Fatalf("validate: exit %d: %s%s", exit, out, errs)
	}
	var v report.Validation
	k.ok(json.Unmarshal([]byte(out), &v))
	for _, p := range v.Problems {
		if string(p.Code) == code {
			n++
		}
	}
	k.ok(os.Remove(k.path("checked.xlsx")))
	return n
}

// agrees fails the test unless status, report and reconcile tell the same, and the
// provider's statement agrees with them.
func (k *clerk) agrees(more ...string) {
	k.t.Helper()
	k.reconciled(exitDone, more...)
	code, out, errs := k.asks(append([]string{"status", "--json", k.file}, more...)...)
	var s report.Summary
	k.ok(json.Unmarshal([]byte(out), &s))
	states := map[string]int{}
	for _, r := range k.reads(more...) {
		states[r.State]++
	}
	want := map[string]int{"invalid": s.Rows.Invalid, "unsent": s.Rows.Unsent, "unknown": s.Rows.Unknown, "pending": s.Rows.Pending,
		"fulfilled": s.Rows.Fulfilled, "refunded": s.Rows.Refunded, "rejected": s.Rows.Rejected, "conflict": s.Rows.Conflict}
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	if !maps.Equal(states, want) {
		k.t.Errorf("status (exit %d, %s) tells %v, and the report %v", code, errs, want, states)
	}
}

// sheetText is all that stands in a sheet of a workbook.
func sheetText(t *testing.T, path, sheet string) string {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, row := range rows {
		all.WriteString(strings.Join(row, " ") + "\n")
	}
	return all.String()
}

// failingProvider fails some calls before the provider has seen them.
type failingProvider struct {
	http.Handler
	fails  func(*http.Request) bool
	resets bool // the connection, in the place of a 500
	failed atomic.Int64
}

func failing(h http.Handler, fails func(*http.Request) bool, resets bool) *failingProvider {
	return &failingProvider{Handler: h, fails: fails, resets: resets}
}

func (f *failingProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.fails(r) {
		f.Handler.ServeHTTP(w, r)
		return
	}
	f.failed.Add(1)
	if f.resets {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusInternalServerError)
}

// lateProvider loses the first send, refuses the second one, and then carries out the
// first one after all.
type lateProvider struct {
	http.Handler
	sends atomic.Int64
	first []byte
}

func (l *lateProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		l.Handler.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	again := func(body []byte) *http.Request {
		copied := r.Clone(r.Context())
		copied.Body, copied.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return copied
	}
	switch l.sends.Add(1) {
	case 1:
		l.first = body
		panic(http.ErrAbortHandler)
	case 2:
		l.Handler.ServeHTTP(w, again(bytes.Replace(body, []byte("0660000011"), []byte("0000000011"), 1)))
		l.Handler.ServeHTTP(httptest.NewRecorder(), again(l.first))
	default:
		l.Handler.ServeHTTP(w, again(body))
	}
}
