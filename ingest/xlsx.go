package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// xlsxTable finds the sheet that has a phone column, and its header. No row is
// given out before all sheets were inspected to their end.
func xlsxTable(ctx context.Context, content string, sheet string, m mapping, l Limits) (t *table, closing func(), err error) {
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
	r, err := w.choose(found, m, l)
	if err != nil {
		return nil, nil, err
	}
	return &table{
		sheet:    r.sheet.name,
		format:   "XLSX",
		header:   r.header,
		columns:  r.columns,
		capacity: r.inspected.filled,
		entries:  r.entries(ctx),
	}, r.close, nil
}

// keep leaves the sheet that the operator named alone; all of them when none
// was named.
func (w *workbook) keep(name string) error {
	if name == "" {
		return nil
	}
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(name)) },
	} {
		var fitting []worksheet
		for _, s := range w.sheets {
			if same(s.name) {
				fitting = append(fitting, s)
			}
		}
		if len(fitting) > 1 { // which differ by case, by a space at the end, or not at all
			return &FileError{What: fmt.Sprintf("several sheets are called %q", name), List: w.names(), Do: "rename one of them", Err: ErrSheets}
		}
		if len(fitting) == 1 {
			w.sheets = fitting
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
	var err error
	if w.texts, err = w.sharedTexts(l); err != nil {
		return nil, err
	}
	all := make([]findings, len(w.sheets))
	for i, s := range w.sheets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if all[i], err = w.inspect(ctx, s, l); err != nil {
			return nil, located(err, "", s.name)
		}
	}
	return all, nil
}

// choose finds the one sheet that has a phone column.
func (w *workbook) choose(found []findings, m mapping, l Limits) (chosen *sheetReader, err error) {
	var fitting []string
	var unclear, missing error // about the header of chosen; why the others are none
	for i, s := range w.sheets {
		scan, err := w.scanSheet(s, l)
		if err != nil {
			return nil, located(err, "", s.name)
		}
		scan.keep = true
		r := &sheetReader{sheetScan: scan, sheet: s, inspected: found[i], dates1904: w.date1904}
		defer func() {
			if r != chosen {
				r.close()
			}
		}()
		ok, err := r.open(m)
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
