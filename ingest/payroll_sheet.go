package ingest

import (
	"context"
	"errors"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// workbook is a workbook in which the payroll's sheet is looked for.
type workbook struct {
	*xlsx.Workbook
	spreads bool // Options.SpreadMerged
}

// xlsxTable finds the sheet that has a phone column, and its header. No row is
// given out before all sheets were inspected to their end.
func xlsxTable(ctx context.Context, content string, o Options, m mapping, l Limits) (t *table, closing func(), err error) {
	opened, err := xlsx.Open(content, l)
	if err != nil {
		return nil, nil, err
	}
	opened.Progress = o.Progress
	w := &workbook{opened, o.SpreadMerged}
	if err := w.keep(o.Sheet); err != nil {
		return nil, nil, err
	}
	found, err := w.inspectAll(ctx)
	if err != nil {
		return nil, nil, err
	}
	r, err := w.choose(found, m, l)
	if err != nil {
		return nil, nil, err
	}
	return &table{
		sheet:    r.sheet.Name,
		format:   batch.Literal(w.Format),
		header:   r.header,
		columns:  r.columns,
		capacity: r.inspected.Filled,
		entries:  r.entries(ctx),
	}, r.Close, nil
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
		var fitting []xlsx.Sheet
		for _, s := range w.Sheets {
			if same(s.Name) {
				fitting = append(fitting, s)
			}
		}
		if len(fitting) > 1 { // which differ by case, by a space at the end, or not at all
			return &FileError{What: batch.Msg("several sheets are called %q", name), List: w.names(), Do: batch.Msg("rename one of them"), Err: ErrSheets}
		}
		if len(fitting) == 1 {
			w.Sheets = fitting
			return nil
		}
	}
	return &FileError{What: batch.Msg("there is no sheet %q; the sheets are", name), List: w.names(), Err: ErrSheets}
}

func (w *workbook) names() []string {
	var names []string
	for _, s := range w.Sheets {
		names = append(names, s.Name)
	}
	return names
}

// inspectAll inspects every sheet: which one is the payroll is not known yet,
// and a damaged one may be it.
func (w *workbook) inspectAll(ctx context.Context) (all []xlsx.Findings, err error) {
	all = make([]xlsx.Findings, len(w.Sheets))
	for i, s := range w.Sheets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if all[i], err = w.Inspect(ctx, s); err != nil {
			return nil, fault.Located(err, "", s.Name)
		}
	}
	return all, nil
}

// choose finds the one sheet that has a phone column.
func (w *workbook) choose(all []xlsx.Findings, m mapping, l Limits) (*sheetReader, error) {
	var fitting []string
	var chosen int
	var header *found
	var unclear, missing error // about the header of the chosen sheet; why the others are none
	for i, s := range w.Sheets {
		h, err := w.head(s, l)
		if err != nil {
			return nil, fault.Located(err, "", s.Name)
		}
		f, ok, err := h.header(m)
		err = fault.Located(err, "", s.Name)
		switch {
		case errors.Is(err, ErrReport): // which of its sheets is a payroll must be said
			return nil, err
		case ok:
			fitting = append(fitting, s.Name)
			chosen, header, unclear = i, f, err
		case missing == nil || errors.Is(missing, ErrEmpty) || asks(err) && !asks(missing):
			missing = err
		}
	}
	switch {
	case len(fitting) == 0:
		return nil, missing
	case len(fitting) > 1:
		return nil, &FileError{What: batch.Msg("several sheets have a phone column"), List: fitting, Do: batch.Msg("say which one is the payroll: --sheet NAME"), Err: ErrSheets}
	case unclear != nil:
		return nil, unclear
	}
	return w.read(w.Sheets[chosen], all[chosen], header, l)
}

// asks tells an error that is a question.
func asks(err error) bool {
	e, ok := errors.AsType[*FileError](err)
	return ok && len(e.Choices) > 0
}

// head reads the first rows of a sheet.
func (w *workbook) head(s xlsx.Sheet, l Limits) (head, error) {
	rows, err := w.Rows(s)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return (&sheetReader{Rows: rows, sheet: s, limits: l}).readHead()
}

// read begins to read the sheet of the payroll, behind its header.
func (w *workbook) read(s xlsx.Sheet, inspected xlsx.Findings, header *found, l Limits) (*sheetReader, error) {
	rows, err := w.Rows(s)
	if err != nil {
		return nil, fault.Located(err, "", s.Name)
	}
	r := &sheetReader{Rows: rows, sheet: s, inspected: inspected, limits: l, spreads: w.spreads, held: w.Held()}
	if err = r.begin(header); err == nil {
		err = r.checkMerges()
	}
	if err != nil {
		r.Close()
		return nil, fault.Located(err, "", s.Name)
	}
	return r, nil
}
