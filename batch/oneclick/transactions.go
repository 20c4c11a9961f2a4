package oneclick

import (
	"context"
	"net/http"
	"time"

	"flexybatch/batch"
)

// Transaction is a movement on the account. What the answer left out is zero.
type Transaction struct {
	ID        string
	Type      string // FLEXY, REFUND-FLEXY, DEPOSIT and others (API page)
	Operation string
	Amount    batch.Centimes
	Before    *batch.Centimes // balance before it
	After     *batch.Centimes // balance after it
	Object    string          // presumably the top-up's id (a guess, says the API page)
	Note      string
	Time      time.Time
}

// Transactions is a page of the account's movements, and how many pages there
// are, 0 where the answer does not say (GET /v3/account/transactions). A
// movement without id, type or amount makes the whole page unknown: a statement
// with a gap proves nothing.
func (c *Client) Transactions(ctx context.Context, q batch.ListQuery) (items []Transaction, count int, err error) {
	r, err := c.ask(ctx, question{method: http.MethodGet, path: "/account/transactions", query: pageQuery(q), large: true})
	if err != nil {
		return nil, 0, err
	}
	list, ok := r.data.objects("items")
	if !ok {
		return nil, 0, r.unclear("the answer has no list of transactions")
	}
	for _, o := range list {
		t, ok := transaction(o)
		if !ok {
			return nil, 0, r.unclear("the answer shows a transaction without its id, type or amount")
		}
		items = append(items, t)
	}
	count, _ = pages(r.data)
	return items, count, nil
}

// transaction reads one movement; ok is false where it has no id, type or
// amount.
func transaction(o object) (t Transaction, ok bool) {
	amount := o.centimes("amount")
	t = Transaction{
		ID:        orderID(o.name("_id", "id")),
		Type:      tidy(o.name("type"), mostID),
		Operation: tidy(o.text("operation"), mostID),
		Before:    o.centimes("oldBalance"),
		After:     o.centimes("newBalance"),
		Object:    tidy(o.name("objid"), mostID),
		Note:      tidy(o.text("note"), mostWords),
		Time:      o.time("time"),
	}
	if amount == nil || t.ID == "" || t.Type == "" {
		return t, false
	}
	t.Amount = *amount
	return t, true
}
