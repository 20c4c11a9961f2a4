package oneclick

import (
	"context"
	"net/http"

	"flexybatch/batch"
)

// Account tells whom the key belongs to and what it may do (GET /v3/validate).
// The answer echoes the key, so nothing else of it is kept.
func (c *Client) Account(ctx context.Context) (batch.Account, error) {
	r, err := c.ask(ctx, question{method: http.MethodGet, path: "/validate"})
	if err != nil {
		return batch.Account{}, err
	}
	key, _ := r.data.object("apiKey")
	enabled, said := key.flag("isEnabled")
	a := batch.Account{
		Host:     c.base.Host,
		Username: tidy(r.data.name("username"), mostID),
		Type:     tidy(key.name("type"), mostID),
		ReadOnly: key.name("scope") == "READ-ONLY",
		Disabled: said && !enabled,
	}
	if a.Username == "" || a.Type == "" { // a journal is bound to both (money rule 8)
		return batch.Account{}, r.unclear("the answer does not say whose key it is, or of which type")
	}
	return a, nil
}

// Balance is what the account holds (GET /v3/account/balance).
func (c *Client) Balance(ctx context.Context) (batch.Centimes, error) {
	r, err := c.ask(ctx, question{method: http.MethodGet, path: "/account/balance"})
	if err != nil {
		return 0, err
	}
	b := r.data.centimes("balance")
	if b == nil {
		return 0, r.unclear("the answer holds no balance")
	}
	return *b, nil
}

// Health is how the provider and the operators are.
type Health struct {
	API       string            // "ok" or "error"
	Operators map[string]string // "up" or "down", by operator
}

// Ping asks how the provider and the operators are (GET /v3/ping).
func (c *Client) Ping(ctx context.Context) (Health, error) {
	r, err := c.ask(ctx, question{method: http.MethodGet, path: "/ping"})
	if err != nil {
		return Health{}, err
	}
	h := Health{API: tidy(r.data.text("api"), mostID), Operators: map[string]string{}}
	operators, _ := r.data.object("operators")
	for _, name := range operators.names {
		h.Operators[tidy(c.key.redact(name), mostID)] = tidy(operators.text(name), mostID)
	}
	return h, nil
}
