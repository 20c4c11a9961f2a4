package office

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"flexybatch/journal"
)

// borrowed is how long somebody may own an account who writes a note and sends nothing.
const borrowed = 30 * time.Second

// Borrow owns an account that nobody owns, for somebody who writes to a journal and
// sends nothing. It fails with a *journal.Locked if a worker owns it.
func (d *Database) Borrow(ctx context.Context, account int64, holder string) (s *Storage, release func(), err error) {
	limit, cancel := limited(ctx)
	defer cancel()
	seen, err := d.look(limit, account)
	if err != nil {
		return nil, nil, &Unreachable{Err: err}
	}
	if seen.holder != "" {
		return nil, nil, &journal.Locked{Holder: seen.holder}
	}
	l, err := claim(limit, d, sinceBoot, account, seen, holder, borrowed)
	if err != nil {
		return nil, nil, &Unreachable{Err: err}
	}
	if l == nil {
		return nil, nil, &journal.Locked{Holder: "worker"}
	}
	kept, stop := context.WithCancel(context.WithoutCancel(ctx))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		l.keep(kept)
	}()
	return &Storage{store: d, account: account, lease: l, holder: holder}, func() {
		stop()
		<-gone
		_ = l.release(context.WithoutCancel(ctx)) // else it ends by itself
	}, nil
}

// Settle lets the workers ask about a batch's open rows again now.
func (d *Database) Settle(ctx context.Context, account int64, name, by string) error {
	return d.change1(ctx, account, name, by, "settle", func(ctx context.Context, tx pgx.Tx, id int64, is string) error {
		done, err := tx.Exec(ctx, "update batch set settle_at = now() where id = $1 and settle_at is not null and state not in ('waiting', 'running')", id)
		if err == nil && done.RowsAffected() == 0 {
			err = &NotNow{Name: name, State: is}
		}
		if err != nil {
			return err
		}
		return d.inLine(ctx, tx, account, id, time.Now(), 2)
	})
}
