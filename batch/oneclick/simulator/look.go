package simulator

import "net/http"

// checkRef shows the order of a ref.
func (s *Simulator) checkRef(c call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.book.byRef[c.argument]
	return s.show(i, ok, c.key)
}

// checkID shows the order of an id.
func (s *Simulator) checkID(c call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.book.find(c.argument)
	return s.show(i, ok, c.key)
}

// show answers with order i, unless there is none.
func (s *Simulator) show(i int32, found bool, k Key) answer {
	s.book.now()
	if found {
		if d, visible := s.orderData(i, k); visible {
			return succeed(d)
		}
	}
	return fail(http.StatusNotFound, "NOT_FOUND", "Top-up not found", nil)
}

// orderData is order i as looks show it; false when it has vanished.
func (s *Simulator) orderData(i int32, k Key) (d orderData, visible bool) {
	o, status := &s.book.orders[i], s.book.status(i)
	if status == Vanished {
		return d, false
	}
	d = orderData{
		ID: s.book.id(i), Ref: s.wireRef(o.Ref, k), Status: status, PlanCode: o.Plan, Phone: o.phone(),
		TopupAmount: o.Amount, BalanceAmount: dinars(o.Cost), CreatedAt: wireTime(o.created),
	}
	if status != Refunded {
		return d, true
	}
	d.BalanceAmount = 0
	d.RefundMessage = "لم تتم العملية، يرجى التحقق من الرقم"
	if o.Course == toRefundedOffers {
		d.RefundMessage = "هذا العرض غير متوفر لهذا الرقم"
		d.SuggestedOffers = s.offers(o.Plan)
	}
	return d, true
}

// offers are what the operator would sell instead of that plan: its fixed plans,
// or one that the catalogue does not know, which is as likely in life.
func (s *Simulator) offers(plan string) []offerData {
	var offers []offerData
	if instead := s.plans[plan]; instead != nil {
		for _, p := range s.config.Plans {
			if p.Amount > 0 && p.Operator == instead.Operator {
				offers = append(offers, offerData{p.Name, p.Code, p.Amount})
			}
		}
	}
	if offers == nil {
		offers = []offerData{{"MIX 1000", "MIX1000", 1000}}
	}
	return offers
}
