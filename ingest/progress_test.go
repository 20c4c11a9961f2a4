package ingest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/ingest"
)

// Whoever looks on is told how many rows were read, of a text and of a workbook.
func TestProgress(t *testing.T) {
	var text bytes.Buffer
	book := excelize.NewFile()
	text.WriteString("phone,amount\n")
	if err := book.SetSheetRow("Sheet1", "A1", &[]string{"phone", "amount"}); err != nil {
		t.Fatal(err)
	}
	for i := range 3500 {
		phone := fmt.Sprintf("06%08d", i)
		fmt.Fprintf(&text, "%s,100\n", phone)
		if err := book.SetSheetRow("Sheet1", fmt.Sprint("A", i+2), &[]any{phone, 100}); err != nil {
			t.Fatal(err)
		}
	}
	sheet, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"a.csv": text.Bytes(), "a.xlsx": sheet.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var told []int
		if _, err := ingest.Read(t.Context(), path, ingest.Options{Progress: func(rows int) { told = append(told, rows) }}, ingest.Rules{}); err != nil {
			t.Fatal(err)
		}
		if len(told) < 3 || told[len(told)-1] != 3000 {
			t.Errorf("%s: told %v", name, told)
		}
	}
}
