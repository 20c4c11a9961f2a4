package xlsx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/ingest/fault"
)

// shown is a row as it is read.
type shown struct {
	Number int
	Hidden bool
	Texts  []string
	Marks  []Mark
}

// readRows reads a sheet's rows to their end.
func readRows(t *testing.T, w *Workbook) (all []shown) {
	t.Helper()
	rows, err := w.Rows(w.Sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for {
		err := rows.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, shown{rows.Number, rows.Hidden, rows.AppendTexts(nil), append([]Mark{}, rows.Marks...)})
	}
}

// The rows that were kept are those that are read, with all that is odd about them. If
// they take too much room, they are read once more.
func TestKeptRows(t *testing.T) {
	f := excelize.NewFile()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	zeros := "00000"
	padded, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	if err != nil {
		t.Fatal(err)
	}
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		t.Fatal(err)
	}
	set := func(cell string, value any, style int) {
		t.Helper()
		if err := errors.Join(f.SetCellValue("Sheet1", cell, value), f.SetCellStyle("Sheet1", cell, cell, style)); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "phone", 0)
	set("D1", "زينة & <b>", 0)
	set("B2", 45_000, date)
	set("C2", 42, padded)
	set("A3", "0660000001", struck)
	set("B3", true, 0)
	set("C3", 1.5, 0)
	set("A7", strings.Repeat("x", 300), 0)
	for row := 10; row < 500; row++ {
		set(fmt.Sprintf("A%d", row), fmt.Sprintf("0660000%03d", row), 0)
		set(fmt.Sprintf("C%d", row), row, 0)
	}
	if err := errors.Join(f.SetRowVisible("Sheet1", 3, false), f.SetCellFormula("Sheet1", "D7", "1+1")); err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := f.Write(&content); err != nil {
		t.Fatal(err)
	}
	open := func() *Workbook {
		w, err := Open(content.String(), fault.Limits{}.OrDefault())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	want := readRows(t, open())
	if len(want) < 494 || want[2].Number != 3 || !want[2].Hidden || len(want[2].Marks) < 3 || want[1].Texts[1] != "2023-03-15" {
		t.Fatalf("%d rows: %+v", len(want), want[:4])
	}
	for room, kept := range map[int]bool{mostKept: true, 100: false, 0: false} {
		w := open()
		w.room = room
		if _, err := w.Inspect(context.Background(), w.Sheets[0]); err != nil {
			t.Fatal(err)
		}
		if (len(w.kept) == 1) != kept {
			t.Errorf("with room for %d bytes, kept is %t", room, !kept)
		}
		for range 2 { // once for the head
			if diff := cmp.Diff(want, readRows(t, w)); diff != "" {
				t.Errorf("with room for %d bytes: read (-), kept (+):\n%s", room, diff)
			}
		}
	}
}
