package report

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/outfile"
)

// A file of rows to be paid again is known as long as it is as resend wrote it, and
// when somebody has mended it, nothing replaces it.
func TestMendedResendIsNotReplaced(t *testing.T) {
	var b bytes.Buffer
	if err := ResendWorkbook(&b, batch.NewLineage(ledger(t)).Resend("october-r1"), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "october-r1.xlsx")
	target := outfile.Target{Path: path, Kind: outfile.Resend, Batch: "october"}
	again := func() error {
		_, err := outfile.Write(target, func(w io.Writer) error {
			return ResendWorkbook(w, batch.NewLineage(ledger(t)).Resend("october-r1"), nil)
		})
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Errorf("over the same file: %v", err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetCellStr(ResendSheet(nil), "A2", "0550000009"), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	mended, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if refused, ok := errors.AsType[*outfile.Refused](again()); !ok || refused.Reason != outfile.WasChanged {
		t.Errorf("over a mended file: %v", refused)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, mended) {
		t.Errorf("the mended file was changed, %v", err)
	}
}
