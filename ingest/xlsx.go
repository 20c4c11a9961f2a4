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
func xlsxTable(ctx context.Context, content []byte, sheet string, m mapping, l Limits) (t *table, closing func() error, err error) {
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
	book, err := w.open()
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
	}, func() error { return errors.Join(r.close(), book.Close()) }, nil
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
func (w *workbook) choose(book *excelize.File, found []findings, m mapping) (chosen *sheetReader, err error) {
	var fitting []string
	var unclear, missing error // about the header of chosen; why the others are none
	for i, s := range w.sheets {
		r := &sheetReader{sheet: s, found: found[i], dates1904: w.date1904}
		defer func() {
			if r != chosen {
				err = errors.Join(err, r.close())
			}
		}()
		ok, err := r.open(book, strconv.Itoa(i+1), m)
		err = located(err, "", s.name)
		switch {
		case errors.Is(err, ErrDamaged):
			return nil, err
		case ok:
			fitting = append(fitting, s.name)
			chosen, unclear = r, err
		case missing == nil || !errors.Is(err, ErrEmpty):
			missing = err
		}
	}
	switch {
	case len(fitting) == 0:
		return nil, missing
	case len(fitting) > 1:
		return nil, &FileError{What: "several sheets have a phone column", List: fitting, Do: "say which one is the payroll: --sheet NAME", Err: ErrSheets}
	case unclear != nil:
		return nil, unclear
	}
	if err := chosen.checkMerges(); err != nil {
		return nil, located(err, "", chosen.sheet.name)
	}
	return chosen, nil
}
