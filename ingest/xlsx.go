package ingest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxTable finds the sheet that has a phone column, and its header. Nothing is
// read by excelize that was not inspected to its end.
func xlsxTable(ctx context.Context, content []byte, sheet string, m mapping, l Limits, temp string) (t *table, closing func() error, err error) {
	p, err := openParts(content, l.UnzippedBytes)
	if err != nil {
		return nil, nil, err
	}
	w, err := openWorkbook(p)
	if err != nil {
		return nil, nil, err
	}
	if err := w.keep(sheet); err != nil {
		return nil, nil, err
	}
	found, err := w.inspectAll(ctx, l)
	if err != nil {
		return nil, nil, err
	}
	book, err := w.open(temp)
	if err != nil {
		return nil, nil, err
	}
	r, err := w.choose(book, found, m)
	if err != nil {
		return nil, nil, errors.Join(err, book.Close())
	}
	return &table{
		sheet:    r.sheet.name,
		format:   "XLSX",
		header:   r.header,
		columns:  r.columns,
		capacity: r.found.filled,
		entries:  r.entries(ctx),
	}, func() error { return errors.Join(r.rows.Close(), book.Close()) }, nil
}

// keep leaves the sheet that the operator named alone; all of them when none
// was named.
func (w *workbook) keep(name string) error {
	if name == "" {
		return nil
	}
	for _, s := range w.sheets {
		if s.name == name || strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(name)) {
			w.sheets = []worksheet{s}
			return nil
		}
	}
	return &FileError{What: fmt.Sprintf("there is no sheet %q; the sheets are", name), List: w.names(), Err: ErrSheets}
}

func (w *workbook) names() []string {
	var names []string
	for _, s := range w.sheets {
		names = append(names, s.name)
	}
	return names
}

// inspectAll inspects every sheet: which one is the payroll is not known yet,
// and a damaged one may be it.
func (w *workbook) inspectAll(ctx context.Context, l Limits) ([]findings, error) {
	texts, err := w.countStrings()
	if err != nil {
		return nil, err
	}
	all := make([]findings, len(w.sheets))
	for i, s := range w.sheets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if all[i], err = w.inspect(s, texts, l); err != nil {
			return nil, located(err, "", s.name)
		}
	}
	return all, nil
}

// countStrings reads the shared strings to their end and counts them.
func (w *workbook) countStrings() (int, error) {
	if w.strings == "" {
		return 0, nil
	}
	x, err := w.parts.open(w.strings)
	if err != nil {
		return 0, err
	}
	defer x.close()
	root, ok, err := x.child()
	if err != nil {
		return 0, err
	}
	if !ok || root.Name.Local != "sst" {
		return 0, x.damaged("it is no list of shared texts")
	}
	for n := 0; ; {
		el, ok, err := x.child()
		if err != nil {
			return 0, err
		}
		if !ok {
			return n, x.skipAll()
		}
		if el.Name.Local == "si" {
			n++
		}
		if err := x.skip(); err != nil {
			return 0, err
		}
	}
}

// choose finds the one sheet that has a phone column.
func (w *workbook) choose(book *excelize.File, found []findings, m mapping) (*sheetReader, error) {
	var fitting []*sheetReader
	var names []string
	var missing error
	for i, s := range w.sheets {
		r := &sheetReader{sheet: s, found: found[i], dates1904: w.date1904}
		err := r.open(book, strconv.Itoa(i+1), m)
		if none := (*FileError)(nil); errors.As(err, &none) && (none.Err == ErrNoPhone && none.Row == 0 || none.Err == ErrEmpty || none.Err == ErrMap && none.Row == 0) {
			if missing == nil || none.Err != ErrEmpty {
				missing = located(err, "", s.name)
			}
			continue
		}
		if err != nil {
			return nil, located(err, "", s.name)
		}
		fitting = append(fitting, r)
		names = append(names, s.name)
	}
	switch len(fitting) {
	case 0:
		return nil, missing
	case 1:
		return fitting[0], nil
	}
	for _, r := range fitting {
		r.rows.Close()
	}
	return nil, &FileError{What: "several sheets have a phone column", List: names, Do: "say which one is the payroll: --sheet NAME", Err: ErrSheets}
}
