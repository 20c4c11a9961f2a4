package ingest

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"

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

	// SpreadMerged takes the value of a plan or an amount that is merged over several
	// rows for each of them. Without it such a file is an ErrMerged.
	SpreadMerged bool

	// Progress is told, now and then, how many rows were read so far; nil: nobody looks
	// on. It is called by whoever reads, and must not keep it waiting. A workbook may be
	// gone through twice, and the number then begins anew.
	Progress func(rows int)
}

// Input is a payroll as it was read.
type Input struct {
	File   string            // base name
	SHA256 string            // of the file's bytes, hex
	Sheet  string            // XLSX only
	Format batch.Message     // for people: "XLSX", or "CSV, UTF-8, delimiter ';'"
	Header []string          // the columns, as the file names them; the unnamed are empty
	Fields map[string]string // field → its column's header, or letter where that is empty
	Rows   []batch.Row       // in the order of the file
	Notes  []batch.Message   // what people should know
	Aside
	Doubts
	batch.Findings
}

// Read reads a payroll, holds every row to the row rules and gives those that
// break none their refs and costs. A row that breaks one is in the Input with its
// problems; an error is about the file as a whole:
// a *FileError, ctx.Err(), or an error of the operating system.
func Read(ctx context.Context, path string, o Options, rules Rules) (*Input, error) {
	name := filepath.Base(path)
	limits := o.Limits.OrDefault()
	content, err := readFile(path, limits.FileBytes)
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
	if rules.Batch == "" {
		return in, nil
	}
	if rules.Lineage == nil {
		batch.Assign(rules.Batch, in.Rows, rules.Catalogue, rules.Limits)
		return in, nil
	}
	lineage, err := rules.Lineage(in.Rows)
	if err != nil {
		return nil, err
	}
	in.Findings = lineage.Assign(rules.Batch, in.Rows, rules.Catalogue, rules.Limits)
	return in, nil
}

// Digest returns the SHA-256 of a file's bytes in hex, as Input has it.
func Digest(path string) (string, error) {
	content, err := readFile(path, Limits{}.OrDefault().FileBytes)
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
			return nil, &FileError{What: batch.Msg("is a CSV file, which has no sheets"), Do: batch.Msg("leave --sheet out"), Err: ErrSheets}
		}
		t, err := csvTable(ctx, content, o.Encoding, m, l)
		if err != nil {
			return nil, err
		}
		return t.rows(l, rules, o.Progress)
	}
	if o.Encoding != "" {
		return nil, &FileError{What: batch.Msg("is a workbook, which has an encoding of its own"), Do: batch.Msg("leave --encoding out"), Err: ErrEncoding}
	}
	t, closing, err := xlsxTable(ctx, content, o, m, l)
	if err != nil {
		return nil, err
	}
	defer closing()
	return t.rows(l, rules, o.Progress)
}

// roomFor returns room for n rows, touched. The collector reads memory that nobody has
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

// progressEvery is after how many rows whoever looks on is told.
const progressEvery = 1000

// rows reads the table to its end.
func (t *table) rows(l Limits, rules Rules, progress func(rows int)) (*Input, error) {
	for i, title := range t.header {
		t.header[i] = strings.Clone(title) // which is kept for long, and must not keep the whole file
	}
	c, err := newChecker(rules, t.header, t.columns)
	if err != nil {
		return nil, err
	}
	in := &Input{Sheet: t.sheet, Format: t.format, Header: t.header, Fields: t.fieldColumns(),
		Rows: roomFor(min(t.capacity, l.Rows))}
	var seen samples
	for e, err := range t.entries {
		if err != nil {
			return nil, err
		}
		if c.aside(e, in) {
			continue
		}
		if len(in.Rows) == l.Rows {
			return nil, &FileError{Sheet: t.sheet, Row: e.Number, What: batch.Msg("there are more than %d rows", l.Rows), Do: batch.Msg("split the file, or raise the limit: %s", fault.Raise("rows", l.Rows)), Err: ErrLimit}
		}
		in.Rows = append(in.Rows, batch.Row{})
		in.take(c, e, &in.Rows[len(in.Rows)-1])
		if progress != nil && len(in.Rows)%progressEvery == 0 {
			progress(len(in.Rows))
		}
		seen.add(e, c.isPlan)
	}
	in.setRemarksAside(t.columns, c.isPlan)
	if len(in.Rows) == 0 {
		return nil, &FileError{Sheet: t.sheet, What: batch.Msg("there is a header and no row below it"), Do: batch.Msg("it may have been saved empty: open it and look"), Err: ErrEmpty}
	}
	in.Repairable = c.repairable
	in.Unused = seen.unused(t.header, t.columns)
	in.Notes = append(in.notes(len(in.Rows)), in.Notes...)
	return in, cmp.Or(in.whichColumn(amount, t.columns, batch.AmountMissing), in.whichColumn(plan, t.columns, batch.PlanMissing))
}

// take holds an entry to the rules, and counts what should be looked at.
func (in *Input) take(c *checker, e *Entry, row *batch.Row) {
	c.row(e, row)
	if e.Hidden || e.Struck {
		in.Hidden++
	}
	if e.Struck {
		in.Struck++
	}
	if row.Written() != "" {
		in.Repaired.add(Repair{row.Number, row.Written(), row.Topup.Phone})
	}
}
