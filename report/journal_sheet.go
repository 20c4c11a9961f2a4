package report

import (
	"fmt"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// changes writes the sheet of the rows that differ from the first file, or from how
// they look in it: they came later, are gone, are hidden, or their phone was
// repaired. It is left out where there are none.
func (b *book) changes() error {
	st := b.styles
	versions := b.books.Versions()
	return b.each("Changes", b.Title("Changes"), []column{
		{title: b.Title("row"), width: 9, style: st.ordinal}, {title: b.Title("phone"), width: 14, style: st.text}, {title: b.Title("who"), width: 26, style: st.wrap},
		{title: b.Title("as the file writes it"), width: 24, style: st.text}, {title: b.Title("plan"), width: 20, style: st.text},
		{title: b.Title("amount"), width: 10, style: st.whole}, b.states(b.Title("state")),
		{title: b.Title("what"), width: 60, style: st.wrap}, {title: b.Title("ref"), width: 30, style: st.text, aside: true},
	}, func(s *batch.RowStatus) []any {
		later := s.Version > 1 && s.Valid()
		if s.Written() == "" && !s.Gone && !s.Hidden() && !later {
			return nil
		}
		what := b.notes(s)
		if n := int(s.Version); later && n <= len(versions) {
			what = joined(b.Sprintf("it came with the corrected file of %s", lang.Second(versions[n-1].At)), what)
		}
		return []any{s.Number, string(s.Topup.Phone), b.who(s), s.Written(), s.Topup.Plan, whole(s.Topup.Amount), s.State, what, string(s.Ref)}
	})
}

// journal writes the sheet that ties a printed report to its journal: the first and
// the last record, and in the order of time the versions of the file and the notes.
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
			lines, versions = append(lines, b.version(versions[0])), versions[1:]
		}
		var balance any
		if n.Balance != nil {
			balance = *n.Balance
		}
		lines = append(lines, []any{n.At, b.event(n.What), b.message(n.Text), balance})
	}
	for _, v := range versions {
		lines = append(lines, b.version(v))
	}
	for _, cells := range lines {
		if err := w.write(cells...); err != nil {
			return err
		}
	}
	return w.end()
}

// version returns the line of a version of the batch's file.
func (b *book) version(v batch.Version) []any {
	text := b.Sprintf("%s, SHA-256 %s: rows %s, valid %s", v.File, v.SHA256, lang.Number(v.Rows), lang.Number(v.Valid))
	what := b.Title("batch prepared")
	if v.New != v.Valid || v.Gone+v.Dropped > 0 {
		what = b.Title("batch corrected")
		text = joined(text, b.Sprintf("new %s; sent before and no longer in it %s; never sent and no longer in it %s", lang.Number(v.New), lang.Number(v.Gone), lang.Number(v.Dropped)))
	}
	return []any{v.At, what, text, nil}
}

// joined puts two texts about one thing on one line. Either may be empty.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return fmt.Sprintf("%s; %s", a, b)
}
