package office

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"flexybatch/internal/lang"
)

// schema holds the steps by which the tables are made: 001.sql, 002.sql and so on.
// A step that was given away is never changed.
//
//go:embed schema/*.sql
var schema embed.FS

// schemaVersion is the step that this program needs.
const schemaVersion = 4

// migrationLock is the key of the advisory lock under which the tables are made.
const migrationLock = 0x666c657879 // "flexy"

// migrationLimit is how long making the tables may take.
const migrationLimit = 5 * time.Minute

// Init makes the tables, or brings them up to date. It may be called again at any
// time. It returns the version before and after.
func (d *Database) Init(ctx context.Context) (before, after int, err error) {
	ctx, cancel := context.WithTimeout(ctx, migrationLimit)
	defer cancel()
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return 0, 0, &Unreachable{Err: err}
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", migrationLock); err != nil {
		return 0, 0, err
	}
	defer func() {
		_, unlocked := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", migrationLock)
		err = errors.Join(err, unlocked)
	}()
	before, err = version(ctx, conn)
	if err != nil {
		return 0, 0, err
	}
	if before > schemaVersion {
		return before, before, &WrongSchema{Has: before}
	}
	for n := before + 1; n <= schemaVersion; n++ {
		if err := step(ctx, conn, n); err != nil {
			return before, n - 1, lang.Errorf("making the tables of the database: %w", err)
		}
	}
	if err := d.initRiver(ctx); err != nil {
		return before, schemaVersion, lang.Errorf("making the tables of the database: %w", err)
	}
	_, err = d.compareOrigin(ctx, conn)
	return before, schemaVersion, err
}

// querier is a connection, a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Begin(ctx context.Context) (pgx.Tx, error)
}

// version is how far the tables were made; 0: not at all.
func version(ctx context.Context, q querier) (n int, err error) {
	if _, err := q.Exec(ctx, "create table if not exists flexybatch_schema (version int primary key, made timestamptz not null default now())"); err != nil {
		return 0, err
	}
	err = q.QueryRow(ctx, "select coalesce(max(version), 0) from flexybatch_schema").Scan(&n)
	return n, err
}

// step makes one step, or nothing of it.
func step(ctx context.Context, q querier, n int) error {
	sql, err := schema.ReadFile(fmt.Sprintf("schema/%03d.sql", n))
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, q, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, string(sql)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into flexybatch_schema (version) values ($1)", n)
		return err
	})
}

// initRiver makes the tables of River.
func (d *Database) initRiver(ctx context.Context) error {
	m, err := d.riverMigrator()
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (d *Database) riverMigrator() (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(d.pool), &rivermigrate.Config{Logger: silent()})
}

// Check returns a *WrongSchema if the tables are not those that this program needs.
func (d *Database) Check(ctx context.Context) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	var n int
	err := d.pool.QueryRow(ctx, "select coalesce(max(version), 0) from flexybatch_schema").Scan(&n)
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == undefinedTable {
		return &WrongSchema{}
	}
	if err != nil {
		return &Unreachable{Err: err}
	}
	if n != schemaVersion {
		return &WrongSchema{Has: n}
	}
	m, err := d.riverMigrator()
	if err != nil {
		return err
	}
	made, err := m.Validate(ctx, nil)
	switch {
	case err != nil:
		return &Unreachable{Err: err}
	case !made.OK:
		return &WrongSchema{Has: n}
	}
	return nil
}

// undefinedTable is PostgreSQL's code for a table that is not there.
const undefinedTable = "42P01"

// WrongSchema says that the tables of a database are not those that the program needs.
type WrongSchema struct {
	Has int // the version; 0: there are none
}

func (e *WrongSchema) Error() string { return e.Message().String() }

// Message says what is to be done.
func (e *WrongSchema) Message() lang.Message {
	if e.Has > schemaVersion {
		return lang.Msg("the database was made by a later version of flexybatch (%d, this program knows %d)", e.Has, schemaVersion)
	}
	return lang.Msg("the tables of the database are missing or old: run flexybatch database init")
}
