package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"flexybatch/batch/reconcile"
)

// ErrStatement is wrapped by the error for a file that cannot be read as a
// statement; its text says where and what to do.
var ErrStatement = errors.New("the statement cannot be read")

func badStatement(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrStatement}, args...)...)
}

// maxStatement is how much a statement may come to when it is unpacked, in
// bytes: about a million transactions.
const maxStatement = 256 << 20

// ReadStatement reads transactions that were exported by hand, as CSV or XLSX;
// which of them it is its content tells. It lists no top-ups. The columns are
// known by their names, English or French, and by the API's own. Every error
// wraps ErrStatement.
func ReadStatement(b []byte) (reconcile.Statement, error) {
	read := readCSV
	if bytes.HasPrefix(b, []byte("PK")) {
		read = readXLSX
	}
	rows, err := read(b)
	if err != nil {
		return reconcile.Statement{}, err
	}
	t, err := newStatementTable(rows)
	if err != nil {
		return reconcile.Statement{}, err
	}
	movements, err := t.movements()
	return reconcile.Statement{Movements: movements}, err
}

// record is a row with the number that the user sees.
type record struct {
	number int
	cells  []string
}

// readCSV reads , ; tab or |, in UTF-8, UTF-16 with its mark, or Windows-1252.
func readCSV(b []byte) ([]record, error) {
	if len(b) > maxStatement {
		return nil, badStatement("it has more than %d MB; export a shorter span", maxStatement>>20)
	}
	fallback := transform.Transformer(textunicode.UTF8.NewDecoder())
	if !utf8.Valid(b) {
		fallback = charmap.Windows1252.NewDecoder()
	}
	text, _, err := transform.Bytes(textunicode.BOMOverride(fallback), b)
	if err != nil {
		return nil, badStatement("its encoding is not clear (%v); save it as CSV UTF-8", err)
	}
	c := csv.NewReader(bytes.NewReader(text))
	c.FieldsPerRecord, c.Comma = -1, delimiter(text)
	var rows []record
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, badStatement("%v", err)
		}
		line, _ := c.FieldPos(0)
		rows = append(rows, record{line, cells})
	}
}

// delimiter is the one that stands most often in the first lines.
func delimiter(text []byte) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', 0
	for _, d := range ",;\t|" {
		if n := bytes.Count(head, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// readXLSX reads the first sheet that has rows, values as they are stored.
func readXLSX(b []byte) (rows []record, err error) {
	defer func() { // hostile workbooks have made the reader panic
		if v := recover(); v != nil {
			err = badStatement("the workbook is damaged: %v", v)
		}
	}()
	if err := wholeParts(b); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxStatement, UnzipXMLSizeLimit: maxStatement})
	if err != nil {
		return nil, badStatement("not a workbook that can be opened: %v", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, sheet := range f.GetSheetList() {
		if rows, err = readSheet(f, sheet); err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
}

func readSheet(f *excelize.File, sheet string) (list []record, err error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, badStatement("sheet %s: %v", sheet, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, badStatement("sheet %s, row %d: %v", sheet, n, err)
		}
		if len(cells) > 0 {
			list = append(list, record{n, cells})
		}
	}
	if err := rows.Error(); err != nil {
		return nil, badStatement("sheet %s: %v", sheet, err)
	}
	return list, nil
}

// wholeParts reads every part of a workbook to its end, checksums and XML: the
// workbook reader takes a sheet that was cut short for a shorter one.
func wholeParts(b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return badStatement("not a whole workbook (%v); export it again", err)
	}
	left := int64(maxStatement)
	for _, p := range z.File {
		r, err := p.Open()
		if err != nil {
			return badStatement("the workbook's part %s: %v", p.Name, err)
		}
		limited := &io.LimitedReader{R: r, N: left + 1}
		if strings.HasSuffix(p.Name, ".xml") {
			err = wholeXML(limited)
		}
		if err == nil {
			_, err = io.Copy(io.Discard, limited)
		}
		err = errors.Join(err, r.Close())
		switch left = limited.N - 1; {
		case left < 0:
			return badStatement("unpacked it has more than %d MB; export a shorter span", maxStatement>>20)
		case err != nil:
			return badStatement("the workbook's part %s is damaged (%v); export it again", p.Name, err)
		}
	}
	return nil
}

func wholeXML(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// statementColumns are the fields of a statement and the names that they are
// known by, folded.
var statementColumns = [...]struct {
	field string
	names []string
}{
	{"id", []string{"id", "transaction", "transactionid", "idtransaction", "iddetransaction"}},
	{"type", []string{"type", "nature", "typedoperation", "typedetransaction"}},
	{"operation", []string{"operation", "sens"}},
	{"amount", []string{"amount", "montant", "somme", "valeur"}},
	{"before", []string{"oldbalance", "balancebefore", "before", "soldeavant", "anciensolde", "soldeinitial"}},
	{"after", []string{"newbalance", "balanceafter", "after", "soldeapres", "nouveausolde", "soldefinal"}},
	{"order", []string{"objid", "object", "order", "orderid", "topupid", "topup", "commande", "idcommande", "numerodecommande", "objet"}},
	{"ref", []string{"ref", "reference", "topupref"}},
	{"note", []string{"note", "remarque", "libelle", "description"}},
	{"date", []string{"time", "date", "datetime", "dateheure", "dateetheure", "createdat", "heure"}},
}

// foldTitle makes one text of the spellings of a title: without case, accents,
// spaces and punctuation.
func foldTitle(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}

// statementTable is a statement whose columns are known.
type statementTable struct {
	column map[string]int // by field
	rows   []record
}

// headerWithin is how far down the titles are looked for: a bank's name and the
// span may stand above them.
const headerWithin = 30

// newStatementTable finds the titles. The amount is needed, and what names the
// order.
func newStatementTable(rows []record) (*statementTable, error) {
	var best []string // what the titles may have been
	for i, r := range rows[:min(len(rows), headerWithin)] {
		t := &statementTable{column: map[string]int{}, rows: rows[i+1:]}
		for j, title := range r.cells {
			for _, c := range statementColumns {
				if !slices.Contains(c.names, foldTitle(title)) {
					continue
				}
				if k, twice := t.column[c.field]; twice {
					return nil, badStatement("the columns %q and %q (row %d) both fit %s; rename the one that is not meant", r.cells[k], title, r.number, c.field)
				}
				t.column[c.field] = j
			}
		}
		_, amount := t.column["amount"]
		_, order := t.column["order"]
		if _, ref := t.column["ref"]; amount && (order || ref) {
			return t, nil
		}
		if len(r.cells) > len(best) {
			best = r.cells
		}
	}
	return nil, badStatement("it needs a column with the amount (amount, montant) and one that names the order (objid, order, commande, or ref, référence); the columns there are: %q", best)
}

// cell is what a row holds in a field; empty where there is no such column.
func (t *statementTable) cell(r record, field string) string {
	if i, ok := t.column[field]; ok && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}
