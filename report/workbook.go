package report

import (
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// Options is what a workbook tells beside the ledger.
type Options struct {
	Journal string // name of the journal's file
	Head    string // link of the journal's last line: it stands for all lines before it
	Lines   uint64 // number of that line
	limit   int    // rows a sheet; maxRows where 0
}

// Workbook writes the results workbook (XLSX). Sheets: Summary, Rows, To do,
// Refunds, Changes and Journal. Rows that do not fit in a sheet go on in
// "Rows 2" and so on.
func Workbook(w io.Writer, l *batch.Ledger, o Options) (err error) {
	if o.limit == 0 {
		o.limit = maxRows
	}
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	b := &book{File: f, ledger: l, batch: l.Batch(), styles: st, options: o, plans: map[string]*sums{}, operators: map[string]*sums{}}
	if err := f.SetSheetName("Sheet1", "Summary"); err != nil {
		return err
	}
	for _, sheet := range []func() error{b.rows, b.todo, b.refunds, b.changes, b.journal, b.summary, b.properties} {
		if err := sheet(); err != nil {
			return fmt.Errorf("making the workbook: %w", err)
		}
	}
	return f.Write(w)
}

// book is a workbook that is being made.
type book struct {
	*excelize.File
	ledger    *batch.Ledger
	batch     batch.BatchRecord
	styles    styles
	options   Options
	plans     map[string]*sums // by code
	operators map[string]*sums
}

// sums is what some rows come to.
type sums struct {
	rows, fulfilled                    int
	requested, cost, charged, refunded batch.Centimes
}

func (s *sums) add(row *batch.Standing) {
	s.rows++
	if row.State == batch.Fulfilled {
		s.fulfilled++
	}
	s.requested += row.Topup.Amount.Centimes()
	s.cost += row.Cost
	s.charged += row.Charged
	s.refunded += row.Refunded
}

func sumFor(m map[string]*sums, key string) *sums {
	if m[key] == nil {
		m[key] = &sums{}
	}
	return m[key]
}

// each writes one sheet: a row for every standing that f gives cells for.
func (b *book) each(name string, columns []column, f func(*batch.Standing) []any) error {
	w, err := newSheet(b.File, b.styles, name, b.options.limit, columns)
	if err != nil {
		return err
	}
	b.ledger.Each(func(s *batch.Standing) bool {
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

// rows is the sheet of all rows: the input's columns, then ours.
func (b *book) rows() error {
	st := b.styles
	var columns []column
	for _, h := range b.batch.Header {
		columns = append(columns, column{h, 18, st.text})
	}
	n := len(columns)
	columns = append(columns,
		column{"row", 7, st.whole}, column{"ref", 33, st.text}, column{"phone", 12, st.text}, column{"plan", 20, st.text},
		column{"amount", 10, st.whole}, column{"cost", 12, st.money}, column{"state", 11, st.text}, column{"provider id", 27, st.text},
		column{"charged", 12, st.money}, column{"refunded", 12, st.money}, column{"code", 20, st.text}, column{"message", 50, st.text},
		column{"sent", 19, st.date}, column{"settled", 19, st.date}, column{"attempts", 9, st.whole}, column{"notes", 40, st.text})
	cells := make([]any, len(columns))
	operator := map[string]string{}
	for _, p := range b.batch.Plans {
		operator[p.Code] = p.Operator
	}
	return b.each("Rows", columns, func(s *batch.Standing) []any {
		for i := range n {
			cells[i] = ""
		}
		for i, text := range s.Cells.All() {
			if i < n {
				cells[i] = text
			}
		}
		var amount any
		if s.Topup.Amount > 0 {
			amount = int64(s.Topup.Amount)
		}
		copy(cells[n:], []any{s.Number, string(s.Ref), string(s.Topup.Phone), s.Topup.Plan, amount, s.Cost, s.State, s.TopupID,
			s.Charged, s.Refunded, code(s), message(s), s.Sent, s.Settled, s.Attempts, notes(s)})
		if s.State != batch.Invalid {
			sumFor(b.plans, s.Topup.Plan).add(s)
			sumFor(b.operators, operator[s.Topup.Plan]).add(s)
		}
		return cells
	})
}

// todo is the sheet of what a person must do.
func (b *book) todo() error {
	st := b.styles
	return b.each("To do", []column{
		{"row", 7, st.whole}, {"state", 11, st.text}, {"phone", 14, st.text}, {"plan", 20, st.text}, {"amount", 10, st.text},
		{"what to do", 60, st.wrap}, {"why", 80, st.wrap}, {"ref", 33, st.text},
	}, func(s *batch.Standing) []any {
		what := todo(s)
		if what == "" {
			return nil
		}
		phone, plan, amount := b.asked(s)
		return []any{s.Number, s.State, phone, plan, amount, what, reasons(s), string(s.Ref)}
	})
}

// asked is what a row asks for, as the file has it where it could not be read.
func (b *book) asked(s *batch.Standing) (phone, plan, amount string) {
	phone, plan = string(s.Topup.Phone), s.Topup.Plan
	if s.Topup.Amount > 0 {
		amount = fmt.Sprint(s.Topup.Amount)
	}
	for field, to := range map[string]*string{"phone": &phone, "plan": &plan, "amount": &amount} {
		if *to != "" {
			continue
		}
		for i, h := range b.batch.Header {
			if h == b.batch.Fields[field] {
				*to = s.Cells.At(i)
			}
		}
	}
	return phone, plan, amount
}

// refunds is the sheet of what came back, in the shape of an input file.
func (b *book) refunds() error {
	st := b.styles
	return b.each("Refunds", []column{
		{"phone", 14, st.text}, {"plan", 20, st.text}, {"amount", 10, st.whole}, {"provider's message", 50, st.wrap},
		{"suggested offers", 50, st.wrap}, {"charged", 12, st.money}, {"refunded", 12, st.money}, {"paid as row", 12, st.whole}, {"paid as", 33, st.text},
	}, func(s *batch.Standing) []any {
		if s.State != batch.Refunded {
			return nil
		}
		var list string
		if s.Evidence != nil {
			list = offers(s.Evidence.Offers)
		}
		return []any{string(s.Topup.Phone), s.Topup.Plan, int64(s.Topup.Amount), message(s), list, s.Charged, s.Refunded, s.Number, string(s.Ref)}
	})
}

// changes is the sheet of what is not as the file has it.
func (b *book) changes() error {
	st := b.styles
	return b.each("Changes", []column{
		{"row", 7, st.whole}, {"phone", 14, st.text}, {"as the file writes it", 24, st.text}, {"state", 11, st.text}, {"what", 60, st.wrap}, {"ref", 33, st.text},
	}, func(s *batch.Standing) []any {
		if s.Written == "" && !s.Gone && !s.Hidden {
			return nil
		}
		return []any{s.Number, string(s.Topup.Phone), s.Written, s.State, notes(s), string(s.Ref)}
	})
}

// journal is the sheet that ties the paper to the journal.
func (b *book) journal() error {
	st := b.styles
	w, err := newSheet(b.File, st, "Journal", maxRows, []column{{"when", 20, st.date}, {"what", 24, st.text}, {"text", 100, st.wrap}, {"balance", 16, st.money}})
	if err != nil {
		return err
	}
	first, last := b.ledger.Span()
	lines := [][]any{
		{first, "first record", b.options.Journal, nil},
		{last, "last record", fmt.Sprintf("line %d, link %s", b.options.Lines, b.options.Head), nil},
		{nil, "how to check", "flexybatch journal verify " + b.options.Journal + "; the line of this number has this link", nil},
	}
	for _, n := range b.ledger.Notes() {
		var balance any
		if n.Balance != nil {
			balance = *n.Balance
		}
		lines = append(lines, []any{n.At, n.What, n.Text, balance})
	}
	for _, cells := range lines {
		if err := w.write(cells...); err != nil {
			return err
		}
	}
	return w.end()
}

// properties are the document's own.
func (b *book) properties() error {
	return b.SetDocProps(&excelize.DocProperties{
		Title: "Results of batch " + clean(b.batch.Name), Subject: "Airtime top-ups", Creator: "flexybatch", Description: clean(b.batch.File),
	})
}

// names lists the keys of m, sorted.
func names(m map[string]*sums) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
