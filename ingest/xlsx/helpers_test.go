package xlsx

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

const mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

const goodRow = `<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>500</v></c></row>`

// inSheet is a sheet with the header phone, amount and the given rows of XML.
func inSheet(rows string) string {
	return `<worksheet xmlns="` + mainNamespace + `"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>` + rows + `</sheetData></worksheet>`
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
