package ingest

import (
	"context"
	"fmt"
	"path/filepath"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// Options say how a file is opened.
type Options struct {
	Sheet    string            // the sheet to read; empty: the only one that has a phone column
	Map      map[string]string // field (phone, plan, amount, id) → its header, or the column's letter or number
	Password string            // of an encrypted workbook
	Encoding string            // of a CSV file: a name of the WHATWG's list, such as windows-1256; empty: whatever it is found to be
	Limits   Limits
}

// Input is a payroll as it was read.
type Input struct {
	File   string            // base name
	SHA256 string            // of the file's bytes, hex
	Sheet  string            // XLSX only
	Format string            // for people: "XLSX", or "CSV, UTF-8, delimiter ';'"
	Header []string          // the columns, as the file names them; the unnamed are empty
	Fields map[string]string // field → its column's header, or letter where that is empty
	Rows   []batch.Row       // in the order of the file
	Hidden int               // rows that are hidden in the sheet
	Totals []Total           // lines that add up the rows above them, and are no rows
	Notes  []string          // what people should know, in words
}

// Total is a line below the rows that holds their sum.
type Total struct {
	Number int // the line of the file, or the row of the sheet
	Amount batch.Dinars
}

// Read reads a payroll, holds every row to the row rules and gives those that
// break none their refs and costs. A row that breaks one is in the Input with its
// problems; an error is about the file as a whole:
// a *FileError, ctx.Err(), or an error of the operating system.
func Read(ctx context.Context, path string, o Options, rules Rules) (*Input, error) {
	name := filepath.Base(path)
	limits := o.Limits.OrDefault()
	content, err := slurp(path, limits.FileBytes)
	if err != nil {
		return nil, err
	}
	sum := make(chan string)
	go func() { sum <- digest(content) }() // while it is read
	in, err := read(ctx, content, o, limits, rules)
	hashed := <-sum
	if err != nil {
		return nil, fault.Located(err, name, "")
	}
	in.File, in.SHA256 = name, hashed
	if rules.Batch != "" {
		batch.Assign(rules.Batch, in.Rows, rules.Catalogue, rules.Limits)
	}
	return in, nil
}

// Digest is the SHA-256 of a file's bytes in hex, as Input has it.
func Digest(path string) (string, error) {
	content, err := slurp(path, Limits{}.OrDefault().FileBytes)
	if err != nil {
		return "", err
	}
	return digest(content), nil
}

func read(ctx context.Context, content string, o Options, l Limits, rules Rules) (in *Input, err error) {
	m, err := newMapping(o.Map)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(content)
	if err != nil {
		return nil, err
	}
	if kind == kindEncrypted {
		if content, err = xlsx.Decrypt(content, o.Password); err != nil {
			return nil, err
		}
		kind = kindWorkbook
	}
	if kind == kindText {
		if o.Sheet != "" {
			return nil, &FileError{What: "is a CSV file, which has no sheets", Do: "leave --sheet out", Err: ErrSheets}
		}
		t, err := csvTable(ctx, content, o.Encoding, m, l)
		if err != nil {
			return nil, err
		}
		return t.rows(l, rules)
	}
	if o.Encoding != "" {
		return nil, &FileError{What: "is a workbook, which has an encoding of its own", Do: "leave --encoding out", Err: ErrEncoding}
	}
	t, closing, err := xlsxTable(ctx, content, o.Sheet, m, l)
	if err != nil {
		return nil, err
	}
	defer closing()
	return t.rows(l, rules)
}

// roomFor is room for n rows, touched. The collector reads memory that nobody has
// written to yet, which makes the system share a page of zeros; writing to it then
// interrupts all processors, page by page. For a million rows that was a seventh
// of the time.
func roomFor(n int) []batch.Row {
	rows := make([]batch.Row, n)
	for i := 0; i < n; i += 16 { // less than a page
		rows[i].Number = 0
	}
	return rows[:0]
}

// rows reads the table to its end.
func (t *table) rows(l Limits, rules Rules) (*Input, error) {
	c, err := newChecker(rules, t.header, t.columns)
	if err != nil {
		return nil, err
	}
	in := &Input{Sheet: t.sheet, Format: t.format, Header: t.header, Fields: t.fieldColumns(),
		Rows: roomFor(min(t.capacity, l.Rows))}
	for e, err := range t.entries {
		if err != nil {
			return nil, err
		}
		if c.aside(e, in) {
			continue
		}
		if len(in.Rows) == l.Rows {
			return nil, &FileError{Sheet: t.sheet, Row: e.Number, What: fmt.Sprintf("there are more than %d rows", l.Rows), Do: fmt.Sprintf("split the file, or raise the limit: %s", fault.Raise("rows", l.Rows)), Err: ErrLimit}
		}
		in.Rows = append(in.Rows, batch.Row{})
		c.row(e, &in.Rows[len(in.Rows)-1])
		if e.Hidden {
			in.Hidden++
		}
	}
	if len(in.Rows) == 0 {
		return nil, &FileError{Sheet: t.sheet, What: "there is a header and no row below it", Do: "it may have been saved empty: open it and look", Err: ErrEmpty}
	}
	if in.Hidden > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("rows that cannot be seen in the sheet (hidden, filtered out, or by a hidden column): %d of %d", in.Hidden, len(in.Rows)))
	}
	return in, nil
}
