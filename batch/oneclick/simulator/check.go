package simulator

import "net/http"

// checkRef answers with the order that has this ref.
func (s *Simulator) checkRef(c call) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	i, ok := s.account.byRef[c.argument]
	return s.show(i, ok, c.key)
}

// checkID answers with the order that has this id.
func (s *Simulator) checkID(c call) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	i, ok := s.account.find(c.argument)
	return s.show(i, ok, c.key)
}

// show answers with order i, or with NOT_FOUND if there is none.
func (s *Simulator) show(i int32, found bool, k Key) response {
	if found {
		if d, visible := s.orderData(i, k); visible {
			return succeed(d)
		}
	}
	return fail(http.StatusNotFound, "NOT_FOUND", "Top-up not found", nil)
}

// orderData returns order i as it is shown on the wire; visible is false when
// the order has vanished.
func (s *Simulator) orderData(i int32, k Key) (d orderData, visible bool) {
	o, status := &s.account.orders[i], s.account.status(i)
	if status == Vanished {
		return d, false
	}
	d = orderData{
		ID: s.account.id(i), Ref: s.wireRef(o.Ref, k), Status: status, PlanCode: o.Plan, Phone: o.phone(),
		TopupAmount: o.Amount, BalanceAmount: dinars(o.Cost), CreatedAt: wireTime(o.created),
	}
	if status != Refunded {
		return d, true
	}
	d.BalanceAmount = 0
	d.RefundMessage = "لم تتم العملية، يرجى التحقق من الرقم"
	if o.Lifecycle == endsRefundedWithOffers {
		d.RefundMessage = "هذا العرض غير متوفر لهذا الرقم"
		d.SuggestedOffers = s.offers(o.Plan)
	}
	return d, true
}

// offers returns what the operator would sell in the place of a plan: the
// operator's fixed plans, or else one that is not in the catalogue, as the real
// service does too.
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
