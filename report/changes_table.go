package report

import (
	"slices"
	"strings"

	"flexybatch/batch/changes"
	"flexybatch/internal/lang"
)

// what is a kind of change in a word or two.
func what(kind changes.Kind) lang.Message {
	switch kind {
	case changes.New:
		return lang.Title("new")
	case changes.Left:
		return lang.Title("gone")
	case changes.Up:
		return lang.Title("amount up")
	case changes.Down:
		return lang.Title("amount down")
	case changes.Number:
		return lang.Title("other number")
	case changes.Plan:
		return lang.Title("other plan")
	}
	return lang.Title("other id")
}

// sides are what a change is from and to. A side is nil where the person is not in
// the batch.
func sides(x changes.Change) (before, now any) {
	switch x.Kind {
	case changes.New:
		return nil, int64(x.Now.Amount)
	case changes.Left:
		return int64(x.Before.Amount), nil
	case changes.Number:
		return string(x.Before.Phone), string(x.Now.Phone)
	case changes.Plan:
		return strings.Join(x.Before.Plans, ", "), strings.Join(x.Now.Plans, ", ")
	case changes.ID:
		return x.Before.ID, x.Now.ID
	}
	return int64(x.Before.Amount), int64(x.Now.Amount)
}

// mostChanges is how many changes the check lists.
const mostChanges = 500

// changes writes what changed since the last batch: a sentence, the totals, and
// everybody whom a change concerns.
func (c *Check) changes(w *cellWriter, d *document) {
	if c.Changes == nil {
		return
	}
	st, x := d.styles, c.Changes
	w.line(st.text, d.Say(x.Message()))
	w.row++
	head := w.row
	w.line(st.head, d.Title("compared with"), d.Title("people"), d.Title("rows"), d.Title("requested"))
	for _, side := range []struct {
		name string
		t    changes.Totals
	}{{x.Since, x.Before}, {c.File, x.Now}} {
		w.cells([]int{st.text, st.whole, st.whole, st.money}, side.name, side.t.People, side.t.Rows, side.t.Amount.Centimes())
	}
	w.table("Since", head, w.row-1, 4)
	if len(x.List) == 0 {
		w.row++
		return
	}
	w.row++
	head = w.row
	w.line(st.head, d.Title("who"), d.Title("what changed"), d.Title("before"), d.Title("now"))
	list := slices.Clone(x.List)
	slices.SortStableFunc(list, func(a, b changes.Change) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	for _, one := range list[:min(mostChanges, len(list))] {
		before, now := sides(one)
		w.cells([]int{st.text, st.text, st.text, st.text}, personOf(one), d.Say(what(one.Kind)), before, now)
	}
	w.table("Changed", head, w.row-1, 4)
	if more := len(list) - mostChanges; more > 0 {
		w.line(st.text, d.Say(lang.Count(more, "… and %d more change.", "… and %d more changes.")))
	}
	w.row++
}
