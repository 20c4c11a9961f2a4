package report

import (
	"flexybatch/batch"
)

// todo writes the sheet of what a person must do.
func (b *book) todo() error {
	st, names := b.styles, batch.NameColumns(b.batch.Header)
	return b.each("Todo", b.Title("To do"), []column{
		{title: b.Title("row"), width: 9, style: st.ordinal}, b.states(b.Title("state")), {title: b.Title("phone"), width: 18, style: st.text},
		{title: b.Title("who"), width: 26, style: st.text}, {title: b.Title("plan"), width: 20, style: st.text}, {title: b.Title("amount"), width: 10, style: st.whole},
		{title: b.Title("what to do"), width: 50, style: st.wrap}, {title: b.Title("why"), width: 64, style: st.wrap}, {title: b.Title("ref"), width: 30, style: st.text},
	}, func(s *batch.RowStatus) []any {
		what := b.voice.todo(s)
		if what == "" {
			return nil
		}
		phone, plan, amount := asked(s, &b.batch)
		return []any{s.Number, s.State, phone, whose(batch.NameIn(s.Cells, names), s.Topup.ID), plan, amount, what, b.reasons(s), string(s.Ref)}
	})
}

// whose says whose row it is by its name and id, as far as it has them.
func whose(name, id string) string {
	if id == "" {
		return name
	}
	return named(name, id, "")
}

// asked returns what a row asks for. What could not be read is returned as it stands
// in the file.
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

// refunds writes the sheet of what came back, in the shape of an input file.
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
		return []any{string(s.Topup.Phone), s.Topup.Plan, int64(s.Topup.Amount), b.explanation(s), list, s.Charged, s.Refunded, s.Number, string(s.Ref)}
	})
}
