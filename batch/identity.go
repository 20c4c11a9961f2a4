package batch

// describe copies what the provider showed of the row into the record, and says
// whose order that is (money rules 4 and 15). An order is the row's only if it
// names at least the row's phone and amount and contradicts nothing. A ref that
// contradicts the row's outweighs an id that agrees.
func (l *LookRecord) describe(s *RowStatus, o RemoteOrder) {
	l.Found, l.Status, l.TopupID, l.Charged = true, o.Status, o.ID, o.Charged
	l.Message, l.Offers, l.RequestID = o.Message, o.Offers, o.RequestID
	differs := contradiction(s.Topup, o)
	switch {
	case o.Ref != "" && !s.Ref.Is(o.Ref):
		l.Foreign = Msg("order %s has another reference, %s", o.ID, o.Ref)
	case differs != nil && o.Ref == "" && l.By != "ref":
		l.Foreign = Msg("order %s is another one: %s", o.ID, differs)
	case differs != nil:
		l.Conflict = Msg("the provider holds this ref for another order: %s", differs)
	case o.Phone == "" || o.Amount == 0:
		l.Nameless = true
	}
}

// settles reports whether the look shows an order that is surely the row's.
func (l *LookRecord) settles() bool {
	return l.Found && l.Foreign.IsZero() && l.Conflict.IsZero() && !l.Nameless
}

// contradiction describes how an order at the provider differs from what a row
// asks for. It returns nil if it does not. A field that the answer
// leaves out contradicts nothing.
func contradiction(t Topup, o RemoteOrder) []Message {
	found := Topup{Phone: Phone(o.Phone), Plan: o.Plan, Amount: o.Amount}
	if found.Phone == "" {
		found.Phone = t.Phone
	}
	if found.Plan == "" {
		found.Plan = t.Plan
	}
	if found.Amount == 0 {
		found.Amount = t.Amount
	}
	return difference(t, found)
}
