package office

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"flexybatch/internal/lang"
)

// Database is an office's database.
type Database struct {
	pool *pgxpool.Pool
}

// connectLimit is how long it may take to reach the database.
const connectLimit = 5 * time.Second

// Connect opens the database at an address such as postgres://user@host/name, and
// makes sure that it answers. The address may hold a password, so no error has it.
func Connect(ctx context.Context, address string) (*Database, error) {
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, &BadAddress{} // the error may hold the address, with its password
	}
	c.ConnConfig.ConnectTimeout = connectLimit
	c.ConnConfig.RuntimeParams["application_name"] = "flexybatch"
	c.MaxConns = max(c.MaxConns, 8)
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		ctx, cancel := limited(ctx)
		defer cancel()
		return durable(ctx, conn)
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, &Unreachable{Err: err}
	}
	d := &Database{pool}
	ctx, cancel := limited(ctx)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		var loses *LosesCommits
		if errors.As(err, &loses) {
			return nil, loses
		}
		return nil, &Unreachable{Err: err}
	}
	return d, nil
}

// Close closes all connections.
func (d *Database) Close() { d.pool.Close() }

// Ping makes sure that the database answers.
func (d *Database) Ping(ctx context.Context) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return d.pool.Ping(ctx)
}

// durable refuses a connection whose commits a crash may lose (money rule 1).
func durable(ctx context.Context, conn *pgx.Conn) error {
	for _, setting := range []string{"synchronous_commit", "fsync"} {
		var value string
		if err := conn.QueryRow(ctx, "select current_setting($1)", setting).Scan(&value); err != nil {
			return err
		}
		if value == "off" {
			return &LosesCommits{Setting: setting}
		}
	}
	return nil
}

// BadAddress says that the address of a database cannot be understood.
type BadAddress struct{}

func (e *BadAddress) Error() string { return e.Message().String() }

// Message shows what an address looks like.
func (*BadAddress) Message() lang.Message {
	return lang.Msg("the address of the database cannot be understood; give one such as postgres://USER@HOST:5432/NAME")
}

// Unreachable says that the database cannot be reached.
type Unreachable struct{ Err error }

func (e *Unreachable) Error() string { return e.Message().String() }
func (e *Unreachable) Unwrap() error { return e.Err }

// Message says why.
func (e *Unreachable) Message() lang.Message {
	var why any = e.Err
	if op, ok := errors.AsType[*net.OpError](e.Err); ok { // what is around it says the same again
		why = op
	} else if said, ok := errors.AsType[*pgconn.PgError](e.Err); ok {
		why = said.Code + " " + said.Message // in the server's own words
	}
	return lang.Msg("the database cannot be reached: %v", why)
}

// LosesCommits says that the database may lose what it has confirmed.
type LosesCommits struct{ Setting string }

func (e *LosesCommits) Error() string { return e.Message().String() }

// Message names the setting.
func (e *LosesCommits) Message() lang.Message {
	return lang.Msg("the database has %s off, so a crash could lose what it has confirmed; nothing is sent with such a database", e.Setting)
}
