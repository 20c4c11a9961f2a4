package office

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Origin is which database this is: another identifier means another server, and
// another timeline one that was restored, or a replica that took over.
type Origin struct{ System, Timeline string }

// readOrigin asks the server.
func readOrigin(ctx context.Context, q querier) (o Origin, err error) {
	err = q.QueryRow(ctx, `select (select system_identifier::text from pg_control_system()),
		case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end`).Scan(&o.System, &o.Timeline)
	return o, err
}

// compareOrigin compares the database with the one that was used last, and tells
// whether it is another. Then each batch that is not at its end is doubted: what the
// database has lost may have been sent, so each reference is looked up before it is
// sent.
func (d *Database) compareOrigin(ctx context.Context, q querier) (changed bool, err error) {
	is, err := readOrigin(ctx, q)
	if err != nil {
		return false, err
	}
	return changed, pgx.BeginFunc(ctx, q, func(tx pgx.Tx) error {
		var was Origin
		err := tx.QueryRow(ctx, "select system, timeline from origin for update").Scan(&was.System, &was.Timeline)
		if errors.Is(err, pgx.ErrNoRows) {
			_, err = tx.Exec(ctx, "insert into origin (system, timeline) values ($1, $2) on conflict do nothing", is.System, is.Timeline)
			return err
		}
		if err != nil || was == is {
			return err
		}
		changed = true
		return doubt(ctx, tx, is)
	})
}

// doubt notes that the database is another one.
func doubt(ctx context.Context, tx pgx.Tx, is Origin) error {
	if _, err := tx.Exec(ctx, "update origin set system = $1, timeline = $2, since = now()", is.System, is.Timeline); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "update batch set doubted = true where state <> 'done'"); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "insert into act (who, what, text) values ('flexybatch', 'restored', $1)", is.System+" "+is.Timeline)
	return err
}

// Restored notes that the database was restored in a way that it does not show, such as
// by copying its files: from now on each reference is looked up before it is sent.
func (d *Database) Restored(ctx context.Context) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	is, err := readOrigin(ctx, d.pool)
	if err != nil {
		return &Unreachable{Err: err}
	}
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return doubt(ctx, tx, is) })
}

// CompareOrigin is called before anything is sent: it tells whether the database is
// another than the one that was used last.
func (d *Database) CompareOrigin(ctx context.Context) (changed bool, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	return d.compareOrigin(ctx, d.pool)
}
