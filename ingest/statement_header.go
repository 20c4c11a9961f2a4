package ingest

import (
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// statementField is one of the columns of a statement that mean something.
type statementField int

const (
	colID statementField = iota
	colType
	colOperation
	colAmount
	colBefore
	colAfter
	colOrder
	colRef
	colNote
	colDate
	statementFields int = iota
)

// statementNames are the names of the fields in messages, and the titles that
// their columns are known by, as fold leaves them.
var statementNames = [statementFields]struct {
	name   string
	titles []string
}{
	colID:        {"id", []string{"id", "transaction", "transactionid", "idtransaction", "iddetransaction"}},
	colType:      {"type", []string{"type", "nature", "typedoperation", "typedetransaction"}},
	colOperation: {"operation", []string{"operation", "sens"}},
	colAmount:    {"amount", []string{"amount", "montant", "somme", "valeur"}},
	colBefore:    {"before", []string{"oldbalance", "balancebefore", "before", "soldeavant", "anciensolde", "soldeinitial"}},
	colAfter:     {"after", []string{"newbalance", "balanceafter", "after", "soldeapres", "nouveausolde", "soldefinal"}},
	colOrder:     {"order", []string{"objid", "object", "order", "orderid", "topupid", "topup", "commande", "idcommande", "numerodecommande", "objet"}},
	colRef:       {"ref", []string{"ref", "reference", "topupref"}},
	colNote:      {"note", []string{"note", "remarque", "libelle", "description"}},
	colDate:      {"date", []string{"time", "date", "datetime", "dateheure", "dateetheure", "createdat", "heure"}},
}

// String returns the field's name in messages.
func (f statementField) String() string { return statementNames[f].name }

// figures are the fields that hold money.
var figures = []statementField{colAmount, colBefore, colAfter}

// statementHeader tells which column, counted from 0, holds which field.
type statementHeader struct {
	sheet   string // XLSX only
	columns map[statementField]int
	titles  []string // up to the last
}

// statementHeaderOf reads a row as the header of a statement. ok is false where
// it is none: a header has the amount, and what names the order. Two columns that
// fit one field are an ErrColumns.
func statementHeaderOf(cells []string) (h *statementHeader, ok bool, err error) {
	h = &statementHeader{columns: map[statementField]int{}, titles: trimmed(trimRight(cells))}
	for i, title := range cells {
		f, known := statementFieldOf(title)
		if !known {
			continue
		}
		if j, twice := h.columns[f]; twice && err == nil {
			err = &FileError{What: batch.Msg("the columns %q and %q both fit %s", cells[j], title, f.String()), Do: batch.Msg("rename the one that is not meant"), Err: ErrColumns}
		}
		h.columns[f] = i
	}
	_, amount := h.columns[colAmount]
	_, order := h.columns[colOrder]
	_, ref := h.columns[colRef]
	if !amount || !order && !ref {
		return h, false, nil
	}
	return h, true, err
}

// statementFieldOf finds the field that a title is known for. The titles of money
// may end in the currency.
func statementFieldOf(title string) (statementField, bool) {
	folded := fold(title)
	for f, names := range statementNames {
		field := statementField(f)
		if slices.Contains(names.titles, folded) ||
			slices.Contains(figures, field) && slices.Contains(names.titles, inDinars.ReplaceAllString(folded, "")) {
			return field, true
		}
	}
	return 0, false
}

// isStatementHeader reports whether a row is the header of a statement.
func isStatementHeader(cells []string) bool {
	_, ok, _ := statementHeaderOf(cells)
	return ok
}

// statementFinder looks for the header among the first rows of a statement.
type statementFinder struct {
	seen    int
	fullest []string // the row with the most texts so far: what the titles might have been
}

// done reports whether the header, if there is one, would have been seen.
func (f *statementFinder) done() bool { return f.seen >= headerRows }

// try holds one row. It reports true for the header.
func (f *statementFinder) try(number int, cells []string) (*statementHeader, bool, error) {
	f.seen++
	if texts(cells) > texts(f.fullest) {
		f.fullest = slices.Clone(cells)
	}
	h, ok, err := statementHeaderOf(cells)
	return h, ok, fault.OnRow(err, number)
}

// missing returns the error for a table without a header.
func (f *statementFinder) missing() error {
	if f.fullest == nil {
		return &FileError{What: batch.Msg("has no rows"), Do: batch.Msg("it may have been saved empty: open it and look"), Err: ErrEmpty}
	}
	return &FileError{What: batch.Msg("is no statement of an account: it needs a column with the amount (amount, montant) and one that names the order (objid, order, commande, or ref, référence); the columns seem to be"),
		List: f.fullest, Do: batch.Msg("name the columns so"), Err: ErrColumns}
}

// statementRow is a row of a statement, as it was read.
type statementRow struct {
	header *statementHeader
	number int // the line of the file, or the row of the sheet
	texts  [statementFields]string
	odd    [statementFields]xlsx.Oddity // what a sheet says of the cells beyond their text
}

// row takes a row's fields out of its cells. The spaces around them do not count.
func (h *statementHeader) row(number int, cells []string) statementRow {
	r := statementRow{header: h, number: number}
	for f, i := range h.columns {
		if i < len(cells) {
			r.texts[f] = strings.TrimSpace(cells[i])
		}
	}
	return r
}

// blank reports whether a row says nothing of a transaction: it is empty, or a
// title or a sum in between.
func (r *statementRow) blank() bool {
	return r.texts[colAmount] == "" && r.texts[colOrder] == "" && r.texts[colRef] == "" && r.texts[colID] == ""
}

// tooManyRows returns the error for a statement with more rows than are read.
func tooManyRows(number int, l Limits) error {
	return &FileError{Row: number, What: batch.Msg("there are more than %d rows", l.Rows), Err: ErrLimit}
}
