package oneclick

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"flexybatch/batch"
)

// CheckRef looks an order up by our ref (GET /v3/mobile/check-ref/{ref}).
func (c *Client) CheckRef(ctx context.Context, ref batch.Ref) (batch.RemoteOrder, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/mobile/check-ref/" + segment(string(ref)), order: true})
	if err != nil {
		return batch.RemoteOrder{}, err
	}
	if namesOther(r.data, "ref", ref) {
		return batch.RemoteOrder{}, r.unclear(batch.Msg("the answer is for another ref"))
	}
	return r.remoteOrder()
}

// CheckID looks an order up by the provider's id (GET /v3/mobile/check-id/{id}).
func (c *Client) CheckID(ctx context.Context, id string) (batch.RemoteOrder, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/mobile/check-id/" + segment(id), order: true})
	if err != nil {
		return batch.RemoteOrder{}, err
	}
	s, err := r.remoteOrder()
	if err == nil && s.ID != id {
		return batch.RemoteOrder{}, r.unclear(batch.Msg("the answer is for another order"))
	}
	return s, err
}

// remoteOrder reads the data of a check.
func (r result) remoteOrder() (batch.RemoteOrder, error) {
	s, ok := readOrder(r.data)
	if !ok {
		return batch.RemoteOrder{}, r.unclear(batch.Msg("the answer shows an order without its id or its status"))
	}
	s.RequestID = r.requestID
	return s, nil
}

// List returns a page of the account's top-ups, newest first (GET
// /v3/mobile/list). Orders without id or status are left out, which is safe
// because absence from a list proves nothing (money rule 3).
func (c *Client) List(ctx context.Context, q batch.ListQuery) (batch.Page, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/mobile/list", query: pageQuery(q), large: true})
	if err != nil {
		return batch.Page{}, err
	}
	items, n, ok := r.data.objects("items")
	if !ok {
		return batch.Page{}, r.unclear(batch.Msg("the answer has no list of top-ups"))
	}
	p := batch.Page{Items: make([]batch.RemoteOrder, 0, n)}
	for item := range items {
		if s, ok := readOrder(item); ok {
			s.RequestID = r.requestID
			p.Items = append(p.Items, s)
		}
	}
	p.Pages, p.Total = pages(r.data)
	return p, nil
}

const maxOffers = 50

// readOrder reads a top-up (API page, check-ref). ok is false if it has no id or
// no status, since then it does not say what became of which order.
func readOrder(o object) (s batch.RemoteOrder, ok bool) {
	s = batch.RemoteOrder{
		ID:      orderID(o.name("_id", "id")),
		Ref:     oneLine(o.name("ref"), longestText),
		Status:  oneLine(o.name("status"), longestName),
		Plan:    oneLine(o.name("plan_code"), longestName),
		Phone:   oneLine(o.name("MSSIDN", "MSISDN"), longestName), // the API's spelling, and the right one
		Amount:  o.dinars("topup_amount"),
		Charged: o.centimes("balance_amount"),
		Created: o.time("created_at"),
		Message: oneLine(o.text("refund_message"), longestText),
	}
	offers, _, _ := o.objects("suggested_offers")
	for f := range offers {
		if len(s.Offers) == maxOffers {
			break
		}
		s.Offers = append(s.Offers, batch.Offer{
			Name: oneLine(f.text("typename"), longestName), Plan: oneLine(f.name("plan_code"), longestName), Amount: f.dinars("amount"),
		})
	}
	return s, s.ID != "" && s.Status != ""
}

// pageQuery returns the query of a list call. from and to are given together or
// not at all (API page).
func pageQuery(q batch.ListQuery) url.Values {
	v := url.Values{"page": {strconv.Itoa(q.Page)}, "pageSize": {strconv.Itoa(q.PageSize)}}
	if !q.From.IsZero() && !q.To.IsZero() {
		v.Set("from", q.From.UTC().Format(time.RFC3339))
		v.Set("to", q.To.UTC().Format(time.RFC3339))
	}
	return v
}

// pages reads how many pages and items there are; 0 if the answer does not say.
func pages(data object) (count, total int) {
	p, _ := data.object("pagination")
	return p.count("totalPages"), p.count("totalResults")
}
