package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// longestRef is the most characters of a ref. The vendor does not document it; a
// sister product allows 100.
const longestRef = 100

var msisdn = regexp.MustCompile(`^0[567]\d{8}$`)

// sendRequest holds the fields of a send's body that could be read.
type sendRequest struct {
	plan, phone, ref string
	amount           int64
	problems         []problem
}

// problem says what is wrong with one field of a request.
type problem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// readSend reads the body of a send. Names must match exactly, and each value
// must have its own JSON type.
func readSend(body []byte) sendRequest {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return sendRequest{problems: []problem{{"body", "must be a JSON object"}}}
	}
	var q sendRequest
	q.text(fields, "plan_code", &q.plan)
	q.text(fields, "MSSIDN", &q.phone)
	q.text(fields, "ref", &q.ref)
	if raw, ok := fields["amount"]; ok {
		if json.Unmarshal(raw, &q.amount) != nil || q.amount <= 0 {
			q.problem("amount", "must be a whole number of dinars above zero")
		}
	}
	if q.problems != nil {
		return q
	}
	if !msisdn.MatchString(q.phone) {
		q.problem("MSSIDN", `must match ^0[567]\d{8}$`)
	}
	if q.ref == "" || len(q.ref) > longestRef {
		q.problem("ref", fmt.Sprintf("must have 1 to %d characters", longestRef))
	}
	return q
}

func (q *sendRequest) problem(field, message string) {
	q.problems = append(q.problems, problem{field, message})
}

// text reads a field that must be present and a string.
func (q *sendRequest) text(fields map[string]json.RawMessage, name string, value *string) {
	raw, ok := fields[name]
	switch {
	case !ok || string(raw) == "null":
		q.problem(name, "is required")
	case json.Unmarshal(raw, value) != nil:
		q.problem(name, "must be a string")
	}
}

// send accepts an order or refuses it. The order of the checks is not
// documented; here it is scope, body, plan, ref, balance.
func (s *Simulator) send(c call) response {
	if c.key.ReadOnly {
		// The vendor documents no code for this. Of the documented refusals of
		// a key, API_DISABLED is the closest.
		return fail(http.StatusForbidden, "API_DISABLED", "The key's scope is READ-ONLY", nil)
	}
	q := c.send
	if q.problems != nil {
		return invalidFields(q.problems)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	return s.accept(c)
}

// accept accepts the order of a call whose body is right, or refuses it. The caller
// holds the lock.
func (s *Simulator) accept(c call) response {
	q := c.send
	p, refused := s.sell(q)
	if refused != nil {
		return *refused
	}
	if _, taken := s.account.byRef[q.ref]; taken {
		return fail(http.StatusForbidden, "DUPLICATED_REF", "The reference was used before", nil)
	}
	cost := p.cost(q.amount)
	if cost > s.account.balance {
		return fail(http.StatusForbidden, "NO_BALANCE", "The balance is not sufficient",
			map[string]dinars{"required": dinars(cost), "available": dinars(s.account.balance)})
	}
	return s.take(c, p, cost)
}

// take accepts an order and charges it.
func (s *Simulator) take(c call, p *priced, cost int64) response {
	q := c.send
	phone, _ := strconv.ParseUint(q.phone, 10, 32) // it matched
	o := order{
		Ref: q.ref, Plan: p.Code, Phone: uint32(phone), Amount: q.amount, Cost: cost, Late: c.late,
		Lifecycle: s.chance.lifecycle(q.ref, q.phone, p),
	}
	if err := s.commit(record{Order: &o}); err != nil {
		return fail(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", nil)
	}
	data := sendData{TopupID: s.account.id(int32(len(s.account.orders) - 1)), TopupRef: s.wireRef(q.ref, c.key)}
	if !s.config.PrefixRefs {
		data.NewBalance = new(dinars(s.account.balance))
	}
	return succeed(data)
}

// wireRef returns a ref in the form in which answers give it back.
func (s *Simulator) wireRef(ref string, k Key) string {
	if s.config.PrefixRefs {
		return "API-" + k.Username + "-" + ref
	}
	return ref
}

// sell finds the plan, and checks that it can be sold to this phone for this
// amount. Details come in the forms that the documentation shows: field and
// value, field and text, or none.
func (s *Simulator) sell(q sendRequest) (*priced, *response) {
	p := s.plans[q.plan]
	switch {
	case p == nil:
		return nil, new(invalid("Unknown plan", fieldValue{"plan_code", q.plan}))
	case p.Disabled:
		return nil, new(invalid("The plan is disabled", fieldValue{"plan_code", q.plan}))
	case q.amount == 0:
		// The documentation says that fixed plans need none; the live service
		// refuses it all the same (seen).
		return nil, new(invalid("Validation failed", map[string]string{"amount": "is required"}))
	case p.Amount > 0 && q.amount != p.Amount:
		return nil, new(invalid("The amount is not the plan's", fieldValue{"amount", q.amount}))
	case p.Amount == 0 && (q.amount < p.Min || q.amount > p.Max):
		return nil, new(invalid("Validation failed", map[string]string{"amount": fmt.Sprintf("must be from %d to %d", p.Min, p.Max)}))
	case !strings.HasPrefix(q.phone, p.prefix()):
		return nil, new(invalid("The phone is not of the plan's operator", nil))
	}
	return p, nil
}

// fieldValue is the details of an error that name a field and what it held.
type fieldValue struct {
	Field string `json:"field"`
	Value any    `json:"value"`
}

func invalid(message string, details any) response {
	return fail(http.StatusBadRequest, "ERR_VALIDATION", message, details)
}

// invalidFields is the answer to fields that are not what they must be: one in
// the form field and text, several as an array.
func invalidFields(problems []problem) response {
	if len(problems) == 1 {
		return invalid("Validation failed", map[string]string{problems[0].Field: problems[0].Message})
	}
	return invalid("Validation failed", problems)
}
