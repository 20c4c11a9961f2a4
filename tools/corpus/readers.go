package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// cell is what a reader makes of one.
type cell struct {
	text string
	odd  xlsx.Oddity // ours only
}

// book is every cell that holds something, by sheet and then by its name.
type book map[string]map[string]cell

var errNoWorkbook = errors.New("no workbook")

// read reads a workbook with our own reader.
func read(path string) (book, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(content), "PK") {
		return nil, errNoWorkbook
	}
	w, err := xlsx.Open(string(content), fault.Limits{}.OrDefault())
	if err != nil {
		return nil, err
	}
	b := book{}
	for _, s := range w.Sheets {
		if _, err := w.Inspect(context.Background(), s); err != nil {
			return nil, err
		}
		if b[s.Name], err = readSheet(w, s); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func readSheet(w *xlsx.Workbook, s xlsx.Sheet) (map[string]cell, error) {
	rows, err := w.Rows(s)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cells := map[string]cell{}
	for {
		err := rows.Next()
		if errors.Is(err, io.EOF) {
			return cells, nil
		}
		if err != nil {
			return nil, err
		}
		odd := map[int]xlsx.Oddity{}
		for _, m := range rows.Marks {
			odd[m.Column] = m.Odd
		}
		for i, text := range rows.AppendTexts(nil) {
			if text != "" {
				cells[fmt.Sprintf("%s%d", xlsx.Letters(i), rows.Number)] = cell{text, odd[i]}
			}
		}
	}
}

// reader is somebody else's.
type reader interface {
	name() string
	read(path string) (book, error)
}

type excelizeReader struct{}

func (excelizeReader) name() string { return "excelize" }

func (excelizeReader) read(path string) (b book, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b = book{}
	for _, s := range f.GetSheetList() {
		rows, err := f.Rows(s)
		if err != nil {
			continue // a chart
		}
		cells := map[string]cell{}
		for n := 1; rows.Next(); n++ {
			texts, err := rows.Columns()
			if err != nil {
				return nil, err
			}
			for i, text := range texts {
				if text != "" {
					cells[fmt.Sprintf("%s%d", xlsx.Letters(i), n)] = cell{text: text}
				}
			}
		}
		b[s] = cells
	}
	return b, nil
}

// openpyxl is Python's best kept reader of workbooks.
type openpyxl struct{ python string }

// script prints every cell as JSON.
const script = `
import json, sys, openpyxl, datetime
b = {}
w = openpyxl.load_workbook(sys.argv[1], data_only=True)
for s in w.worksheets:
    c = b.setdefault(s.title, {})
    for row in s.iter_rows():
        for x in row:
            v = x.value
            if v is None or v == "": continue
            if isinstance(v, bool): v = "TRUE" if v else "FALSE"
            elif isinstance(v, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)): v = "date"
            elif isinstance(v, float): v = repr(v)
            c[x.coordinate] = str(v)
json.dump(b, sys.stdout)
`

// findOpenpyxl finds a Python that has it: $PYTHON, or python3.
func findOpenpyxl() (openpyxl, bool) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	return openpyxl{python}, exec.Command(python, "-c", "import openpyxl").Run() == nil
}

func (openpyxl) name() string { return "openpyxl" }

func (o openpyxl) read(path string) (book, error) {
	out, err := exec.Command(o.python, "-c", script, path).Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			lines := strings.Split(strings.TrimSpace(string(e.Stderr)), "\n")
			err = errors.New(lines[len(lines)-1])
		}
		return nil, err
	}
	var texts map[string]map[string]string
	if err := json.Unmarshal(out, &texts); err != nil {
		return nil, err
	}
	b := book{}
	for s, cells := range texts {
		b[s] = map[string]cell{}
		for place, text := range cells {
			b[s][place] = cell{text: text}
		}
	}
	return b, nil
}
