package office

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// keepTerms keeps what the provider has told of an account.
func (d *Database) keepTerms(ctx context.Context, account int64, t app.Terms) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	ctx, cancel := limited(ctx)
	defer cancel()
	_, err = d.pool.Exec(ctx, "update account set terms = $2 where id = $1", account, text)
	return err
}

// Terms are what the provider has told a worker last of an account; a *NoTerms if it
// was never asked.
func (d *Database) Terms(ctx context.Context, account int64) (t app.Terms, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	var text []byte
	err = d.pool.QueryRow(ctx, "select terms from account where id = $1", account).Scan(&text)
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && text == nil:
		return t, &NoTerms{}
	case err != nil:
		return t, &Unreachable{Err: err}
	}
	return t, json.Unmarshal(text, &t)
}

// NoTerms says that no worker has asked the provider for the terms of an account yet.
type NoTerms struct{}

func (e *NoTerms) Error() string { return e.Message().String() }

// Message says what to do.
func (*NoTerms) Message() lang.Message {
	return lang.Msg("no worker has asked the provider for prices and the balance yet: start a worker")
}

// told is a provider that answers with what a worker was told, and asks nobody: the
// calls of an account are the budget of its owner. It sends nothing.
type told struct {
	database *Database
	account  int64
}

// Account is that of the terms.
func (p *told) Account(ctx context.Context) (batch.Account, error) {
	t, err := p.database.Terms(ctx, p.account)
	return t.Account, err
}

// Balance is that of the terms.
func (p *told) Balance(ctx context.Context) (batch.Centimes, error) {
	t, err := p.database.Terms(ctx, p.account)
	return t.Balance, err
}

// Plans are those of the terms.
func (p *told) Plans(ctx context.Context) (batch.Catalogue, error) {
	t, err := p.database.Terms(ctx, p.account)
	return t.Plans, err
}

// errWorkers says that only the workers ask the provider.
var errWorkers = lang.Errorf("only the workers ask the provider; the pages do not. Give the account's statement as a file")

// Transactions says that only the workers ask.
func (*told) Transactions(context.Context, batch.ListQuery) ([]oneclick.Transaction, int, error) {
	return nil, 0, errWorkers
}

// List says that only the workers ask: they see what the provider holds before they send.
func (*told) List(context.Context, batch.ListQuery) (batch.Page, error) {
	return batch.Page{}, errWorkers
}

// CheckRef knows of no order, as List.
func (*told) CheckRef(context.Context, batch.Ref) (batch.RemoteOrder, error) {
	return batch.RemoteOrder{}, notSent(errWorkers)
}

// CheckID knows of no order, as List.
func (*told) CheckID(context.Context, string) (batch.RemoteOrder, error) {
	return batch.RemoteOrder{}, notSent(errWorkers)
}

// Send sends nothing.
func (*told) Send(context.Context, batch.Order) (batch.Receipt, error) {
	return batch.Receipt{}, notSent(errWorkers)
}

// Calls says that none was made.
func (*told) Calls() int { return 0 }

// Close has nothing to close.
func (*told) Close() {}
