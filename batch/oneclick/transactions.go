package oneclick

import (
	"context"
	"net/http"
	"time"

	"flexybatch/batch"
)

// Transaction is a movement on the account. Fields that the answer leaves out are
// zero.
type Transaction struct {
	ID        string
	Type      string // FLEXY, REFUND-FLEXY, DEPOSIT and others (API page)
	Operation string
	Amount    batch.Centimes
	Before    *batch.Centimes // the balance before it
	After     *batch.Centimes // the balance after it
	Object    string          // presumably the top-up's id (a guess on the API page)
	Note      string
	Time      time.Time
}

// Transactions returns a page of the account's movements, and how many pages
// there are, or 0 if the answer does not say (GET /v3/account/transactions). A
// movement without id, type or amount makes the whole page an error, because a
// statement with a gap proves nothing.
func (c *Client) Transactions(ctx context.Context, q batch.ListQuery) (items []Transaction, count int, err error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/account/transactions", query: pageQuery(q), large: true})
	if err != nil {
		return nil, 0, err
	}
	list, _, ok := r.data.objects("items")
	if !ok {
		return nil, 0, r.unclear(batch.Msg("the answer has no list of transactions"))
	}
	for o := range list {
		t, ok := transaction(o)
		if !ok {
			return nil, 0, r.unclear(batch.Msg("the answer shows a transaction without its id, type or amount"))
		}
		items = append(items, t)
	}
	count, _ = pages(r.data)
	return items, count, nil
}

// transaction reads one movement; ok is false if it has no id, type or amount.
func transaction(o object) (t Transaction, ok bool) {
	amount := o.centimes("amount")
	t = Transaction{
		ID:        orderID(o.name("_id", "id")),
		Type:      oneLine(o.name("type"), longestName),
		Operation: oneLine(o.text("operation"), longestName),
		Before:    o.centimes("oldBalance"),
		After:     o.centimes("newBalance"),
		Object:    oneLine(o.name("objid"), longestName),
		Note:      oneLine(o.text("note"), longestText),
		Time:      o.time("time"),
	}
	if amount == nil || t.ID == "" || t.Type == "" {
		return t, false
	}
	t.Amount = *amount
	return t, true
}
