package ingest

import (
	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/ingest/xlsx"
)

// asFigure and asMoment are what to do about amounts and times that are not
// understood.
var (
	asFigure = batch.Msg("write the figures as 1234.50")
	asMoment = batch.Msg("write it as 2026-10-31 09:30:00")
)

// movements makes transactions of the rows, oldest first.
func movements(rows []statementRow) ([]reconcile.Movement, error) {
	separator, err := decimalSeparator(rows)
	if err != nil {
		return nil, err
	}
	list := make([]reconcile.Movement, 0, len(rows))
	for i := range rows {
		m, err := rows[i].movement(separator)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return reconcile.OldestFirst(list), nil
}

// unclear returns the error for a field of a row.
func (r *statementRow) unclear(f statementField, what, do batch.Message) error {
	return &FileError{Sheet: r.header.sheet, Row: r.number, Column: columnName(r.header.titles, r.header.columns[f]), Value: r.texts[f], What: what, Do: do, Err: ErrStatement}
}

// movement makes a transaction of the row.
func (r *statementRow) movement(separator byte) (m reconcile.Movement, err error) {
	m = reconcile.Movement{
		ID: r.texts[colID], Type: r.texts[colType], Operation: sign(r.texts[colOperation]),
		Object: r.texts[colOrder], Ref: r.texts[colRef], Note: r.texts[colNote],
	}
	amount, err := r.money(colAmount, separator)
	if err != nil {
		return m, err
	}
	if amount == nil {
		return m, r.unclear(colAmount, batch.Msg("the row names a transaction and no amount"), batch.Msg("write the amount, or take the row out"))
	}
	m.Amount = *amount
	if m.Before, err = r.money(colBefore, separator); err != nil {
		return m, err
	}
	if m.After, err = r.money(colAfter, separator); err != nil {
		return m, err
	}
	var ok bool
	if m.Time, ok = readMoment(r.texts[colDate]); !ok {
		return m, r.unclear(colDate, batch.Msg("the date is not understood"), asMoment)
	}
	if _, ok := m.Signed(); !ok {
		return m, r.unclear(colAmount, batch.Msg("nothing says whether the money was taken or brought"), batch.Msg("give it a sign, or the file a column type (FLEXY, REFUND-FLEXY, …) or operation (+, -), or the balances before and after"))
	}
	return m, nil
}

// sign makes + or - of the words for the operation of a transaction.
func sign(text string) string {
	switch fold(text) {
	case "debit", "out", "sortie", "retrait":
		return "-"
	case "credit", "in", "entree", "depot":
		return "+"
	}
	return normalised(text)
}

// money reads an amount of the row; nil where the cell is empty.
func (r *statementRow) money(f statementField, separator byte) (*batch.Centimes, error) {
	text := r.texts[f]
	if text == "" {
		return nil, nil
	}
	switch r.odd[f] {
	case xlsx.Scaled:
		return nil, r.unclear(f, batch.Msg("the sheet shows it as another number than the cell holds"), batch.Msg("format the cells as plain numbers"))
	case xlsx.Number: // in which a point is a decimal point, whatever the user's language
		if c, err := batch.ParseCentimes(text); err == nil {
			return &c, nil
		}
	}
	if figure, ok := figureOf(text); ok {
		if c, ok := figure.centimes(separator); ok {
			return &c, nil
		}
	}
	return nil, r.unclear(f, batch.Msg("it is not an amount of dinars"), asFigure)
}

// decimalSeparator finds what stands before the centimes in a statement's figures.
// The figures themselves must tell, and agree: 101,235 is a hundred dinars to one
// reader and a hundred thousand to another. Where none tells and no comma is
// doubtful, it is the point, as the API writes figures.
func decimalSeparator(rows []statementRow) (byte, error) {
	var found byte
	var doubt error // about the first doubtful comma
	for i := range rows {
		r := &rows[i]
		for _, f := range figures {
			shown, doubtful := r.separators(f)
			if doubtful == ',' && doubt == nil {
				doubt = r.unclear(f, batch.Msg("it can have a decimal comma, or a comma for thousands"), asFigure)
			}
			if shown != 0 && found != 0 && shown != found {
				return 0, r.unclear(f, batch.Msg("its comma or point stands for something else than in the rows above, where the decimal separator is %q", found), asFigure)
			}
			if shown != 0 {
				found = shown
			}
		}
	}
	switch {
	case found != 0:
		return found, nil
	case doubt != nil:
		return 0, doubt
	}
	return '.', nil
}

// separators returns what a field shows of its decimal separator, as figure.decimal
// has it. Cells that hold numbers show nothing.
func (r *statementRow) separators(f statementField) (shown, doubtful byte) {
	if r.odd[f] != xlsx.Ordinary {
		return 0, 0
	}
	figure, ok := figureOf(r.texts[f])
	if !ok {
		return 0, 0
	}
	return figure.decimal()
}
