package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/gocarina/gocsv"
	"golang.org/x/sync/errgroup"
)

// rankSize is how many rows travel together. Handing over each by itself would
// take longer than reading it.
const rankSize = 2048

// rank is some rows on their way from the lines of a file through gocsv to
// whoever takes the entries.
type rank struct {
	entries []Entry
	cells   []string   // of the fields' columns, row by row
	table   [][]string // the same under the fields' names, for gocsv
	named   []named    // what gocsv makes of it
}

// named is what gocsv makes of a row: which of its cells holds which field,
// counted from 1. It points to none of the texts, since gocsv makes two of them
// for each row and throws one away: with the texts in it, four times the memory
// of the file would have to be collected.
type named struct {
	Phone  uint8 `csv:"phone"`
	Plan   uint8 `csv:"plan"`
	Amount uint8 `csv:"amount"`
	ID     uint8 `csv:"id"`
	cells  uint8 // so far; there are at most four
}

// UnmarshalCSVWithFields takes the row's next cell. Without it gocsv would find
// every field of every row by reflection, which takes most of the time of a
// large file.
func (n *named) UnmarshalCSVWithFields(column, _ string) error {
	n.cells++
	switch column {
	case "phone":
		n.Phone = n.cells
	case "plan":
		n.Plan = n.cells
	case "amount":
		n.Amount = n.cells
	case "id":
		n.ID = n.cells
	}
	return nil
}

// ReadAll makes a rank a table of its own, for gocsv.
func (r *rank) ReadAll() ([][]string, error) { return r.table, nil }

// Read is there for the interface. Ranks are read whole.
func (r *rank) Read() ([]string, error) { return nil, errors.ErrUnsupported }

// name lets gocsv find the fields.
func (r *rank) name() error {
	if err := gocsv.UnmarshalCSV(r, &r.named); err != nil {
		return err
	}
	for i := range r.entries {
		n, cells := &r.named[i], r.table[i+1]
		for f, at := range [...]uint8{phone: n.Phone, plan: n.Plan, amount: n.Amount, id: n.ID} {
			if at > 0 {
				r.entries[i].Fields[f] = cells[at-1]
			}
		}
	}
	return nil
}

// entries are the rows. They are cut from the text, and named, in goroutines of
// their own, ahead of whoever takes the entries.
func (c *csvRows) entries(ctx context.Context) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		g, ctx := errgroup.WithContext(ctx)
		parsed, ready, used := make(chan *rank, 2), make(chan *rank, 2), make(chan *rank, 8)
		g.Go(func() error {
			defer close(parsed)
			return c.parse(ctx, used, parsed)
		})
		g.Go(func() error {
			defer close(ready)
			for r := range parsed {
				if err := r.name(); err != nil {
					return err
				}
				if err := pass(ctx, r, ready); err != nil {
					return err
				}
			}
			return nil
		})
		for r := range ready {
			for i := range r.entries {
				if !yield(&r.entries[i], nil) {
					cancel()
					_ = g.Wait() // that it was cancelled is no news
					return
				}
			}
			select {
			case used <- r:
			default:
			}
		}
		if err := g.Wait(); err != nil {
			yield(nil, err)
		}
	}
}

// parse cuts the text into rows, to its end.
func (c *csvRows) parse(ctx context.Context, used <-chan *rank, parsed chan<- *rank) error {
	names, columns := c.fieldColumns()
	for {
		var r *rank
		select {
		case r = <-used:
		default:
			r = &rank{table: [][]string{names}}
		}
		err := c.parseRank(r, columns)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if passed := pass(ctx, r, parsed); passed != nil || err != nil {
			return passed
		}
	}
}

// fieldColumns are the columns of the fields that there are, with their names, in
// the order of the file.
func (c *csvRows) fieldColumns() (names []string, columns []int) {
	for i := range c.header {
		if f, ok := c.columns.fieldAt(i); ok {
			names, columns = append(names, f.String()), append(columns, i)
		}
	}
	return names, columns
}

// parseRank fills a rank. Its error is why it is not full.
func (c *csvRows) parseRank(r *rank, columns []int) error {
	r.entries, r.table = slices.Grow(r.entries[:0], rankSize), r.table[:1]
	r.cells = slices.Grow(r.cells[:0], rankSize*len(columns)) // never moved: the table points into it
	for len(r.entries) < rankSize {
		l, err := c.next()
		if err != nil {
			return err
		}
		r.entries = r.entries[:len(r.entries)+1]
		c.fill(&r.entries[len(r.entries)-1], l)
		from := len(r.cells)
		for _, i := range columns {
			r.cells = append(r.cells, l.cells[i])
		}
		r.table = append(r.table, r.cells[from:])
	}
	return nil
}

// pass hands a rank on, unless nobody wants it any more.
func pass(ctx context.Context, r *rank, to chan<- *rank) error {
	select {
	case to <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
