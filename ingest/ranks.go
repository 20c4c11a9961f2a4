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
const rankSize = 512

// rank is some rows on their way from the lines of a file through gocsv to
// whoever takes the entries.
type rank struct {
	columns []string // by the names that named knows; the others have none
	entries []Entry
	named   []named // what gocsv makes of the entries' cells
	rows    [][]string
}

// named is what gocsv makes of a row. All fields are texts: of a number it would
// read 0100 as 64 and 1.9 as 1.
type named struct {
	Phone  string `csv:"phone"`
	Plan   string `csv:"plan"`
	Amount string `csv:"amount"`
	ID     string `csv:"id"`
}

// UnmarshalCSVWithFields takes what stands in a column. Without it gocsv would
// find every field of every row by reflection, which takes most of the time of a
// large file.
func (n *named) UnmarshalCSVWithFields(column, text string) error {
	switch column {
	case "phone":
		n.Phone = text
	case "plan":
		n.Plan = text
	case "amount":
		n.Amount = text
	case "id":
		n.ID = text
	}
	return nil
}

// ReadAll makes a rank a table of its own, for gocsv.
func (r *rank) ReadAll() ([][]string, error) {
	r.rows = append(r.rows[:0], r.columns)
	for i := range r.entries {
		r.rows = append(r.rows, r.entries[i].Cells)
	}
	return r.rows, nil
}

// Read is there for the interface. Ranks are read whole.
func (r *rank) Read() ([]string, error) { return nil, errors.ErrUnsupported }

// name lets gocsv find the fields.
func (r *rank) name() error {
	if err := gocsv.UnmarshalCSV(r, &r.named); err != nil {
		return err
	}
	for i := range r.entries {
		n := &r.named[i]
		r.entries[i].Fields = [...]string{phone: n.Phone, plan: n.Plan, amount: n.Amount, id: n.ID}
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
	names := make([]string, len(c.header))
	for f, i := range c.columns {
		if i >= 0 {
			names[i] = fieldNames[f]
		}
	}
	for {
		var r *rank
		select {
		case r = <-used:
		default:
			r = &rank{columns: names}
		}
		err := c.parseRank(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if passed := pass(ctx, r, parsed); passed != nil || err != nil {
			return passed
		}
	}
}

// parseRank fills a rank. Its error is why it is not full.
func (c *csvRows) parseRank(r *rank) error {
	r.entries = slices.Grow(r.entries[:0], rankSize)
	for len(r.entries) < rankSize {
		l, err := c.next()
		if err != nil {
			return err
		}
		r.entries = r.entries[:len(r.entries)+1]
		c.fill(&r.entries[len(r.entries)-1], l)
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
