package oneclick

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"flexybatch/batch"
)

// sendBody is the body of POST /v3/mobile/send. MSSIDN is the API's spelling,
// and must be a string. The amount, in dinars, goes with fixed plans too: a live
// client was refused without it (API page).
type sendBody struct {
	Plan   string       `json:"plan_code"`
	Phone  batch.Phone  `json:"MSSIDN"`
	Amount batch.Dinars `json:"amount"`
	Ref    batch.Ref    `json:"ref"`
}

// Send asks for one top-up, once (POST /v3/mobile/send).
func (c *Client) Send(ctx context.Context, o batch.Order) (batch.Receipt, error) {
	body, err := json.Marshal(sendBody{o.Plan, o.Phone, o.Amount, o.Ref})
	if err != nil {
		return batch.Receipt{}, &batch.Fault{Class: batch.ClassUnreached, Message: "the request could not be made", Err: err}
	}
	r, err := c.ask(ctx, question{method: http.MethodPost, path: "/mobile/send", body: body})
	if err != nil {
		return batch.Receipt{}, err
	}
	return r.receipt(o.Ref)
}

// receipt reads the data of a send that succeeded.
func (r reply) receipt(ref batch.Ref) (batch.Receipt, error) {
	id := orderID(r.data.name("topupId"))
	switch {
	case id == "":
		return batch.Receipt{}, r.unclear("the answer says success and gives no topupId")
	case foreign(r.data, "topupRef", ref), foreign(r.data, "ref", ref):
		return batch.Receipt{}, r.unclear("the answer is for another ref")
	}
	return batch.Receipt{TopupID: id, Balance: r.data.centimes("newBalance"), RequestID: r.requestID}, nil
}

var idForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// orderID is an id of the provider's: 24 hex digits by the API page. Another is
// taken too, as long as it is a name and no sentence; what is none is empty.
func orderID(s string) string {
	if !idForm.MatchString(s) {
		return ""
	}
	return s
}

// foreign tells an answer that gives a ref under this name, and not ours. One
// that gives none is not foreign.
func foreign(o object, name string, ref batch.Ref) bool {
	return o.given(name) && !isRef(o.name(name), ref)
}

// isRef tells our ref as the provider writes it: as it is, or behind
// API-<username>- (API page).
func isRef(theirs string, ours batch.Ref) bool {
	return theirs == string(ours) || strings.HasSuffix(theirs, "-"+string(ours))
}
