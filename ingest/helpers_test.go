package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

const (
	mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relNamespace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// catalogue is a small one with every kind of plan.
func catalogue(tb testing.TB) batch.Catalogue {
	tb.Helper()
	price, err := batch.ParsePrice("0.98")
	if err != nil {
		tb.Fatal(err)
	}
	return batch.Catalogue{
		{Code: "PREPAID_DJEZZY", Operator: batch.Djezzy, Cost: price, Enabled: true, Min: 100, Max: 10_000},
		{Code: "PREPAID_MOBILIS", Operator: batch.Mobilis, Cost: price, Enabled: true, Min: 40, Max: 3999},
		{Code: "PREPAID_OOREDOO", Operator: batch.Ooredoo, Cost: price, Enabled: true, Min: 50, Max: 5000},
		{Code: "GROS_MOBILIS", Operator: "GMobilis", Enabled: true, Min: 5000, Max: 300_000},
		{Code: "MIX500_MOBILIS", Operator: batch.Mobilis, Cost: price, Enabled: true, Fixed: true, Amount: 500},
		{Code: "PIXX_500", Operator: "Pixx", Cost: price, Enabled: true, Fixed: true, Amount: 500},
		{Code: "OLD_MOBILIS", Operator: batch.Mobilis, Cost: price, Min: 40, Max: 3999},
		{Code: "GETMENU_MOBILIS", Operator: batch.Mobilis, Enabled: true},
	}
}

// file writes content to a file of its own.
func file(tb testing.TB, name string, content []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// readBytes reads content as a file, by the catalogue above. Whatever is said of it is
// said in every language.
func readBytes(tb testing.TB, content []byte, o Options, r Rules) (*Input, error) {
	tb.Helper()
	if r.Catalogue == nil {
		r.Catalogue = catalogue(tb)
	}
	in, err := Read(context.Background(), file(tb, "payroll", content), o, r)
	whollySaid(tb, in, err)
	return in, err
}

// mustRead is readBytes where nothing can go wrong.
func mustRead(tb testing.TB, content []byte, o Options, r Rules) *Input {
	tb.Helper()
	in, err := readBytes(tb, content, o, r)
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// workbookOf is an XLSX file that build filled in.
func workbookOf(tb testing.TB, build func(f *excelize.File)) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	}()
	build(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// set puts rows into a sheet, from A1 on.
func set(tb testing.TB, f *excelize.File, sheet string, rows ...[]any) {
	tb.Helper()
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			tb.Fatal(err)
		}
	}
}

// told is a row and its problems on one line each: "3 phone.format plan.missing".
func told(in *Input) []string {
	var out []string
	for _, r := range in.Rows {
		s := fmt.Sprint(r.Number)
		for _, p := range r.Problems() {
			s += " " + string(p.Code)
		}
		out = append(out, s)
	}
	return out
}

// paid is what the rows ask for: "3 0550000001 PREPAID_OOREDOO 500".
func paid(in *Input) []string {
	var out []string
	for _, r := range in.Rows {
		out = append(out, strings.TrimSpace(fmt.Sprintln(r.Number, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount, r.Topup.ID)))
	}
	return out
}

// wantError holds a file's error to its reason and to words that it must say.
func wantError(t *testing.T, err, reason error, words ...string) {
	t.Helper()
	if !errors.Is(err, reason) {
		t.Fatalf("error %v, want one that wraps %q", err, reason)
	}
	if _, ok := errors.AsType[*FileError](err); !ok {
		t.Errorf("error %v is no *FileError", err)
	}
	whollySaid(t, nil, err)
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}
