package oneclick

import (
	"context"
	"net/http"

	"flexybatch/batch"
)

// Account returns whom the key belongs to and what it may do (GET /v3/validate).
// The answer repeats the key, so nothing else of it is kept.
func (c *Client) Account(ctx context.Context) (batch.Account, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/validate"})
	if err != nil {
		return batch.Account{}, err
	}
	key, _ := r.data.object("apiKey")
	enabled, given := key.flag("isEnabled")
	a := batch.Account{
		Host:     c.base.Host,
		Username: oneLine(r.data.name("username"), longestName),
		Type:     oneLine(key.name("type"), longestName),
		ReadOnly: key.name("scope") == "READ-ONLY",
		Disabled: given && !enabled,
	}
	if a.Username == "" || a.Type == "" { // a journal is bound to both (money rule 8)
		return batch.Account{}, r.unclear(batch.Msg("the answer does not say whose key it is, or of which type"))
	}
	return a, nil
}

// Balance returns the account's balance (GET /v3/account/balance).
func (c *Client) Balance(ctx context.Context) (batch.Centimes, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/account/balance"})
	if err != nil {
		return 0, err
	}
	b := r.data.centimes("balance")
	if b == nil {
		return 0, r.unclear(batch.Msg("the answer holds no balance"))
	}
	return *b, nil
}
