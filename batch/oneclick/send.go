package oneclick

import (
	"context"
	"encoding/json"
	"net/http"

	"flexybatch/batch"
)

// sendBody is the body of POST /v3/mobile/send. MSSIDN is the API's spelling; the
// value must be a string. The amount, in dinars, is sent with fixed plans too,
// because a live client was refused without it (API page).
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
		return batch.Receipt{}, &batch.Fault{Class: batch.ClassUnreached, Message: batch.Msg("the request could not be made"), Err: err}
	}
	r, err := c.do(ctx, call{method: http.MethodPost, path: "/mobile/send", body: body})
	if err != nil {
		return batch.Receipt{}, err
	}
	return r.receipt(o.Ref)
}

// receipt reads the data of the answer to a send.
func (r result) receipt(ref batch.Ref) (batch.Receipt, error) {
	id := orderID(r.data.name("topupId"))
	switch {
	case id == "":
		return batch.Receipt{}, r.unclear(batch.Msg("the answer says success and gives no topupId"))
	case namesOther(r.data, "topupRef", ref), namesOther(r.data, "ref", ref):
		return batch.Receipt{}, r.unclear(batch.Msg("the answer is for another ref"))
	}
	return batch.Receipt{TopupID: id, Ref: r.data.name("topupRef", "ref"), Balance: r.data.centimes("newBalance"), RequestID: r.requestID}, nil
}

// longestID is the longest that an id may be.
const longestID = 64

// orderID returns s if it can be one of the provider's ids, and nothing
// otherwise. By the API page an id has 24 hex digits, but any other word of
// letters, digits, hyphens and underscores is accepted too.
func orderID(s string) string {
	if len(s) > longestID {
		return ""
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return ""
		}
	}
	return s
}

// namesOther reports whether an answer gives a ref under this name that is not
// ours.
func namesOther(o object, name string, ref batch.Ref) bool {
	return o.given(name) && !ref.Is(o.name(name))
}
