package app

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/reconcile"
	"flexybatch/internal/lang"
)

// clockMargin is how far the provider's clock may be behind this machine's.
const clockMargin = 24 * time.Hour

// statementReader reads an account's own statement, at the pace that its key allows.
type statementReader struct {
	provider *connection
	limit    *rate.Limiter
}

// read reads the provider's transactions and its list of top-ups, back to a time.
func (s *statementReader) read(ctx context.Context, since time.Time) (reconcile.Statement, error) {
	st := reconcile.Statement{Taken: time.Now(), Listed: true}
	transactions, err := oneclick.Collect(ctx, since,
		func(t oneclick.Transaction) oneclick.Entry { return oneclick.Entry{ID: t.ID, At: t.Time} },
		paged(s, "asking for the transactions, page %d", s.provider.client.Transactions))
	if err != nil {
		return st, err
	}
	st.Orders, err = oneclick.Collect(ctx, since,
		func(o batch.RemoteOrder) oneclick.Entry { return oneclick.Entry{ID: o.ID, At: o.Created} },
		paged(s, "asking for the list of top-ups, page %d", s.orders))
	if err != nil {
		return st, err
	}
	for _, t := range transactions {
		st.Movements = append(st.Movements, reconcile.Movement{
			ID: t.ID, Type: t.Type, Operation: t.Operation, Amount: t.Amount, Before: t.Before, After: t.After, Object: t.Object, Note: t.Note, Time: t.Time,
		})
	}
	reconcile.OldestFirst(st.Movements)
	return st, nil
}

// orders is a page of the list of top-ups.
func (s *statementReader) orders(ctx context.Context, q batch.ListQuery) ([]batch.RemoteOrder, int, error) {
	p, err := s.provider.client.List(ctx, q)
	return p.Items, p.Pages, err
}

// paged fetches pages patiently. what says in a message what is asked for, with the
// number of the page.
func paged[T any](s *statementReader, what string, page func(context.Context, batch.ListQuery) ([]T, int, error)) func(context.Context, batch.ListQuery) ([]T, int, error) {
	return func(ctx context.Context, q batch.ListQuery) (items []T, pages int, err error) {
		items, err = patiently(ctx, lang.Msg(what, q.Page), func(ctx context.Context) ([]T, error) {
			if err := s.limit.Wait(ctx); err != nil {
				return nil, err
			}
			var list []T
			list, pages, err = page(ctx, q)
			return list, err
		})
		return items, pages, err
	}
}
