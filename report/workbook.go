package report

import (
	"io"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Books is what a report is made from: a batch.Ledger, or what Redact returns for
// one.
type Books interface {
	Batch() batch.BatchRecord
	Versions() []batch.Version
	Each(func(*batch.RowStatus) bool)
	Tally() batch.Tally
	Notes() []batch.Note
	Span() (first, last time.Time)
}

// Options is what a workbook says beside the books.
type Options struct {
	Words   *lang.Printer // nil: English
	Journal string        // name of the journal's file
	Head    string        // link of the journal's last line, which stands for all lines before it
	Lines   uint64        // number of that line
	limit   int           // of rows on a sheet; 0 means maxRows
}

// Workbook writes the results workbook (XLSX). Its sheets are Summary, To do, Rows,
// Refunds, Changes, Journal and Over time, which holds the figures of a chart. To do,
// Refunds, Changes and Over time are left out where they would be empty. Rows that do
// not fit on a sheet continue on "Rows 2" and so on.
func Workbook(w io.Writer, from Books, o Options) error {
	if o.limit == 0 {
		o.limit = maxRows
	}
	return writeDocument(w, o.Words, func(d *document) error {
		b := &book{document: d, books: from, batch: from.Batch(), options: o, figures: newFigures(from)}
		b.names = batch.NameColumns(b.batch.Header)
		b.paidAgain = paidAgain(from)
		_, last := from.Span()
		d.about = about{kind: outfile.Report, batch: b.batch.Name, title: d.Sprintf("Results of batch %s", b.batch.Name), subject: d.Sprintf("Airtime top-ups"), from: b.batch.File, head: o.Head, at: last}
		top := d.cellWriter(d.Title("Summary"), 28, 20, 14, 14, 14, 14, 14, 14)
		for _, sheet := range []func() error{b.todo, b.rows, b.refunds, b.changes, b.journal, b.timeline} {
			if err := sheet(); err != nil {
				return err
			}
		}
		return b.summary(top)
	})
}

// book is a results workbook that is being written.
type book struct {
	*document
	books   Books
	batch   batch.BatchRecord
	options Options
	names   []int // the columns of the input that name people
	figures *figures
	settled timeline
}

// each writes a sheet: a row for every row of the batch for which f returns cells. It
// writes none where there are no such rows.
func (b *book) each(id, name string, columns []column, f func(*batch.RowStatus) []any) (err error) {
	w := b.limited(id, name, columns, b.options.limit)
	b.books.Each(func(s *batch.RowStatus) bool {
		if cells := f(s); cells != nil {
			err = w.write(cells...)
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	return w.end()
}
