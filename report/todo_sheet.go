package report

import (
	"flexybatch/batch"
)

// todo writes the sheet of what a person must do. It is left out where there is
// nothing to do.
func (b *book) todo() error {
	st := b.styles
	return b.each("Todo", b.Title("To do"), []column{
		{title: b.Title("row"), width: 8, style: st.ordinal}, b.states(b.Title("state")), {title: b.Title("phone"), width: 15, style: st.text},
		{title: b.Title("who"), width: 25, style: st.wrap}, {title: b.Title("plan"), width: 19, style: st.text}, {title: b.Title("amount"), width: 10, style: st.whole},
		{title: b.Title("what to do"), width: 44, style: st.wrap}, {title: b.Title("why"), width: 48, style: st.wrap},
		{title: b.Title("ref"), width: 30, style: st.text, aside: true}, {title: b.Title("provider's words"), width: 48, style: st.text, aside: true},
	}, func(s *batch.RowStatus) []any {
		what := b.voice.todo(s)
		if what == "" {
			return nil
		}
		phone, plan, amount := asked(s, &b.batch)
		return []any{s.Number, s.State, phone, b.who(s), plan, amount, what, b.why(s), string(s.Ref), b.providersWords(s)}
	})
}

// who says whose row it is, from the columns of ids and names.
func (b *book) who(s *batch.RowStatus) string {
	return Whose(batch.NameIn(s.Cells, b.names), s.Topup.ID)
}

// Whose says whose row it is by its name and id, as far as it has them.
func Whose(name, id string) string {
	if id == "" {
		return name
	}
	return named(name, id, "")
}

// asked returns what a row asks for. What could not be read is returned as it stands
// in the file.
func asked(s *batch.RowStatus, head *batch.BatchRecord) (phone, plan string, amount any) {
	phone, plan, amount = string(s.Topup.Phone), s.Topup.Plan, whole(s.Topup.Amount)
	written := func(field string) string {
		if i := columnNamed(head, field); i >= 0 {
			return s.Cells.At(i)
		}
		return ""
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

// refunds writes the sheet of what came back, in the shape of an input file. It is
// left out where nothing came back.
func (b *book) refunds() error {
	st := b.styles
	return b.each("Refunds", b.Title("Refunds"), []column{
		{title: b.Title("phone"), width: 14, style: st.text}, {title: b.Title("who"), width: 26, style: st.wrap},
		{title: b.Title("plan"), width: 20, style: st.text}, {title: b.Title("amount"), width: 10, style: st.whole},
		{title: b.Title("why"), width: 40, style: st.wrap}, {title: b.Title("suggested offers"), width: 28, style: st.wrap},
		{title: b.Title("charged"), width: 12, style: st.money}, {title: b.Title("refunded"), width: 12, style: st.money}, {title: b.Title("paid as row"), width: 11, style: st.ordinal},
		{title: b.Title("paid as"), width: 30, style: st.text, aside: true}, {title: b.Title("provider's message"), width: 46, style: st.text, aside: true},
		{title: b.Title("provider's request"), width: 36, style: st.text, aside: true},
	}, func(s *batch.RowStatus) []any {
		if s.State != batch.Refunded {
			return nil
		}
		var list, request string
		if s.Evidence != nil {
			list, request = offers(s.Evidence.Offers), s.Evidence.RequestID
		}
		return []any{string(s.Topup.Phone), b.who(s), s.Topup.Plan, int64(s.Topup.Amount), b.Say(meaningOf(s)), list, s.Charged, s.Refunded, s.Number,
			string(s.Ref), b.explanation(s), request}
	})
}
