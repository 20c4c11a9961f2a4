package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Books is what a report is made from: a batch.Ledger, or a Redact of one.
type Books interface {
	Batch() batch.BatchRecord
	Versions() []batch.Version
	Each(func(*batch.RowStatus) bool)
	Tally() batch.Tally
	Notes() []batch.Note
	Span() (first, last time.Time)
}

// Options is what a workbook tells beside the books.
type Options struct {
	Words   *lang.Printer // nil: English
	Journal string        // name of the journal's file
	Head    string        // link of the journal's last line: it stands for all lines before it
	Lines   uint64        // number of that line
	limit   int           // rows a sheet; maxRows where 0
}

// Workbook writes the results workbook (XLSX). Sheets: Summary, Rows, To do,
// Refunds, Changes, Journal and Over time, the figures of a chart. Rows that do
// not fit in a sheet go on in "Rows 2" and so on.
func Workbook(w io.Writer, from Books, o Options) error {
	if o.limit == 0 {
		o.limit = maxRows
	}
	return making(w, o.Words, func(d *document) error {
		b := &book{document: d, books: from, batch: from.Batch(), options: o, plans: map[string]*sums{}, operators: map[string]*sums{}}
		_, last := from.Span()
		d.about = about{kind: outfile.Report, batch: b.batch.Name, title: d.Sprintf("Results of batch %s", b.batch.Name), subject: d.Sprintf("Airtime top-ups"), from: b.batch.File, head: o.Head, at: last}
		top := d.pen(d.Title("Summary"), 28, 20, 14, 14, 14, 14, 14)
		for _, sheet := range []func() error{b.rows, b.todo, b.refunds, b.changes, b.journal, b.overTime} {
			if err := sheet(); err != nil {
				return err
			}
		}
		return b.summary(top)
	})
}

// book is a results workbook that is being made.
type book struct {
	*document
	books     Books
	batch     batch.BatchRecord
	options   Options
	plans     map[string]*sums // by code
	operators map[string]*sums
	settled   buckets
}

// sums is what some rows come to.
type sums struct {
	rows, fulfilled                    int
	requested, cost, charged, refunded batch.Centimes
}

func (s *sums) add(row *batch.RowStatus) {
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
func (b *book) each(id, name string, columns []column, f func(*batch.RowStatus) []any) error {
	w, err := b.limited(id, name, columns, b.options.limit)
	if err != nil {
		return err
	}
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

// carried are the input's columns, as wide as what the first rows hold.
func (d *document) carried(header []string, rows func(func(batch.Cells) bool)) []column {
	const looked, least, most = 500, 8, 28
	columns := make([]column, len(header))
	for i, title := range header {
		columns[i] = column{title: title, width: least, style: d.styles.text}
		columns[i].width = max(least, min(most/2, float64(utf8.RuneCountInString(title)+filterButton)))
	}
	n := 0
	rows(func(c batch.Cells) bool {
		for i, text := range c.All() {
			if i < len(columns) {
				columns[i].width = max(columns[i].width, min(most, float64(utf8.RuneCountInString(text)+3)))
			}
		}
		n++
		return n < looked
	})
	return columns
}

// rows is the sheet of all rows: the input's columns, then ours.
func (b *book) rows() error {
	st := b.styles
	columns := b.carried(b.batch.Header, func(yield func(batch.Cells) bool) {
		b.books.Each(func(s *batch.RowStatus) bool { return yield(s.Cells) })
	})
	n := len(columns)
	columns = append(columns,
		column{title: b.Title("row"), width: 9, style: st.ordinal}, column{title: b.Title("ref"), width: 28, style: st.text},
		column{title: b.beside(b.Title("phone")), width: 13, style: st.text}, column{title: b.beside(b.Title("plan")), width: 19, style: st.text},
		column{title: b.beside(b.Title("amount")), width: 10, style: st.whole}, column{title: b.Title("cost"), width: 11, style: st.money},
		b.states(b.Title("state")), column{title: b.Title("provider id"), width: 27, style: st.text},
		column{title: b.Title("charged"), width: 11, style: st.money}, column{title: b.Title("refunded"), width: 13, style: st.money},
		column{title: b.Title("code"), width: 19, style: st.wrap}, column{title: b.Title("message"), width: 34, style: st.wrap},
		column{title: b.Title("sent"), width: 19, style: st.date}, column{title: b.Title("settled"), width: 19, style: st.date},
		column{title: b.Title("attempts"), width: 11, style: st.ordinal}, column{title: b.Title("notes"), width: 26, style: st.wrap})
	cells := make([]any, len(columns))
	operator := map[string]string{}
	for _, p := range b.batch.Catalogue {
		operator[p.Code] = p.Operator
	}
	return b.each("Rows", b.Title("Rows"), columns, func(s *batch.RowStatus) []any {
		for i := range n {
			cells[i] = ""
		}
		for i, text := range s.Cells.All() {
			if i < n {
				cells[i] = text
			}
		}
		copy(cells[n:], []any{s.Number, string(s.Ref), string(s.Topup.Phone), s.Topup.Plan, whole(s.Topup.Amount), s.Cost, s.State, s.TopupID,
			s.Charged, s.Refunded, code(s), b.message(s), s.Sent(), s.Settled(), s.Attempts, b.notes(s)})
		if s.State != batch.Invalid {
			sumFor(b.plans, s.Topup.Plan).add(s)
			sumFor(b.operators, operator[s.Topup.Plan]).add(s)
		}
		return cells
	})
}

// beside is the title of what was read from the file, where the file's own column
// has the same.
func (b *book) beside(title string) string {
	if slices.ContainsFunc(b.batch.Header, func(h string) bool { return strings.EqualFold(caption(h), title) }) {
		return b.Sprintf("%s, as read", title)
	}
	return title
}

// whole is an amount as a cell takes it; nothing where there is none.
func whole(amount batch.Dinars) any {
	if amount <= 0 {
		return nil
	}
	return int64(amount)
}

// todo is the sheet of what a person must do.
func (b *book) todo() error {
	st := b.styles
	return b.each("Todo", b.Title("To do"), []column{
		{title: b.Title("row"), width: 9, style: st.ordinal}, b.states(b.Title("state")), {title: b.Title("phone"), width: 18, style: st.text},
		{title: b.Title("plan"), width: 20, style: st.text}, {title: b.Title("amount"), width: 10, style: st.whole},
		{title: b.Title("what to do"), width: 50, style: st.wrap}, {title: b.Title("why"), width: 64, style: st.wrap}, {title: b.Title("ref"), width: 30, style: st.text},
	}, func(s *batch.RowStatus) []any {
		what := b.voice.todo(s)
		if what == "" {
			return nil
		}
		phone, plan, amount := asked(s, &b.batch)
		return []any{s.Number, s.State, phone, plan, amount, what, b.reasons(s), string(s.Ref)}
	})
}

// asked is what a row asks for, as the file has it where it could not be read.
func asked(s *batch.RowStatus, head *batch.BatchRecord) (phone, plan string, amount any) {
	phone, plan, amount = string(s.Topup.Phone), s.Topup.Plan, whole(s.Topup.Amount)
	written := func(field string) (text string) {
		for i, h := range head.Header {
			if h == head.Fields[field] {
				text = s.Cells.At(i)
			}
		}
		return text
	}
	if phone == "" {
		phone = written("phone")
	}
	if plan == "" {
		plan = written("plan")
	}
	if amount == nil {
		amount = written("amount")
	}
	return phone, plan, amount
}

// refunds is the sheet of what came back, in the shape of an input file.
func (b *book) refunds() error {
	st := b.styles
	return b.each("Refunds", b.Title("Refunds"), []column{
		{title: b.Title("phone"), width: 14, style: st.text}, {title: b.Title("plan"), width: 20, style: st.text}, {title: b.Title("amount"), width: 10, style: st.whole},
		{title: b.Title("provider's message"), width: 46, style: st.wrap}, {title: b.Title("suggested offers"), width: 40, style: st.wrap},
		{title: b.Title("charged"), width: 12, style: st.money}, {title: b.Title("refunded"), width: 12, style: st.money},
		{title: b.Title("paid as row"), width: 11, style: st.ordinal}, {title: b.Title("paid as"), width: 30, style: st.text},
	}, func(s *batch.RowStatus) []any {
		if s.State != batch.Refunded {
			return nil
		}
		var list string
		if s.Evidence != nil {
			list = offers(s.Evidence.Offers)
		}
		return []any{string(s.Topup.Phone), s.Topup.Plan, int64(s.Topup.Amount), b.message(s), list, s.Charged, s.Refunded, s.Number, string(s.Ref)}
	})
}

// changes is the sheet of what is not as the first file has it, or not as it
// seems.
func (b *book) changes() error {
	st := b.styles
	versions := b.books.Versions()
	return b.each("Changes", b.Title("Changes"), []column{
		{title: b.Title("row"), width: 9, style: st.ordinal}, {title: b.Title("phone"), width: 14, style: st.text},
		{title: b.Title("as the file writes it"), width: 24, style: st.text}, {title: b.Title("plan"), width: 20, style: st.text},
		{title: b.Title("amount"), width: 10, style: st.whole}, b.states(b.Title("state")),
		{title: b.Title("what"), width: 60, style: st.wrap}, {title: b.Title("ref"), width: 30, style: st.text},
	}, func(s *batch.RowStatus) []any {
		later := s.Version > 1 && s.Valid()
		if s.Written() == "" && !s.Gone && !s.Hidden() && !later {
			return nil
		}
		what := b.notes(s)
		if n := int(s.Version); later && n <= len(versions) {
			what = joined(b.Sprintf("it came with the corrected file of %s", clock(versions[n-1].At)), what)
		}
		return []any{s.Number, string(s.Topup.Phone), s.Written(), s.Topup.Plan, whole(s.Topup.Amount), s.State, what, string(s.Ref)}
	})
}

// clock is a time for people.
func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// journal is the sheet that ties the paper to the journal: its first and its last
// record, and in the order of time the plans and the notes.
func (b *book) journal() error {
	st := b.styles
	w, err := b.sheet("Journal", b.Title("Journal"), []column{
		{title: b.Title("when"), width: 20, style: st.date}, {title: b.Title("what"), width: 24, style: st.wrap},
		{title: b.Title("text"), width: 100, style: st.wrap}, {title: b.Title("balance"), width: 18, style: st.money},
	})
	if err != nil {
		return err
	}
	first, last := b.books.Span()
	lines := [][]any{
		{first, b.Sprintf("first record"), b.options.Journal, nil},
		{last, b.Sprintf("last record"), b.Sprintf("line %d, link %s", b.options.Lines, b.options.Head), nil},
		{nil, b.Sprintf("how to check"), b.Sprintf("flexybatch journal verify %s; the line of this number has this link", b.options.Journal), nil},
	}
	versions := b.books.Versions()
	for _, n := range b.books.Notes() {
		for len(versions) > 0 && !versions[0].At.After(n.At) {
			lines, versions = append(lines, b.planned(versions[0])), versions[1:]
		}
		var balance any
		if n.Balance != nil {
			balance = *n.Balance
		}
		lines = append(lines, []any{n.At, b.event(n.What), b.Text(n.Text), balance})
	}
	for _, v := range versions {
		lines = append(lines, b.planned(v))
	}
	for _, cells := range lines {
		if err := w.write(cells...); err != nil {
			return err
		}
	}
	return w.end()
}

// planned tells of a plan.
func (b *book) planned(v batch.Version) []any {
	text := b.Sprintf("%s, SHA-256 %s: rows %d, valid %d", v.File, v.SHA256, v.Rows, v.Valid)
	what := b.Title("plan written")
	if v.New != v.Valid || v.Gone+v.Dropped > 0 {
		what = b.Title("corrected plan")
		text = joined(text, b.Sprintf("new %d; sent before and no longer in it %d; never sent and no longer in it %d", v.New, v.Gone, v.Dropped))
	}
	return []any{v.At, what, text, nil}
}

// joined puts what is to be said of one thing on one line.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return fmt.Sprintf("%s; %s", a, b)
}

// names lists the keys of m, sorted.
func names(m map[string]*sums) []string { return slices.Sorted(maps.Keys(m)) }
