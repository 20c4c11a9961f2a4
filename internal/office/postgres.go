package office

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// look reads the account's lease.
func (d *Database) look(ctx context.Context, account int64) (s standing, err error) {
	var ms int64
	err = d.pool.QueryRow(ctx, "select epoch, beat, holder, length_ms from account where id = $1", account).Scan(&s.epoch, &s.beat, &s.holder, &ms)
	s.length = time.Duration(ms) * time.Millisecond
	return s, err
}

// claim changes the owner. Jobs that earlier owners have left behind are ended: River
// would wait for them for ever.
func (d *Database) claim(ctx context.Context, account int64, seen standing, holder string, length time.Duration) (epoch int64, ok bool, err error) {
	err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `update account set epoch = epoch + 1, beat = beat + 1, holder = $4, length_ms = $5, renewed = now()
			where id = $1 and epoch = $2 and beat = $3 returning epoch`,
			account, seen.epoch, seen.beat, holder, length.Milliseconds()).Scan(&epoch)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		_, err = tx.Exec(ctx, `update river_job set state = 'discarded', finalized_at = now()
			where kind = $1 and state = 'running' and (args->>'account')::bigint = $2 and (args->>'epoch')::bigint < $3`,
			driveKind, account, epoch)
		return err
	})
	return epoch, ok && err == nil, err
}

func (d *Database) renew(ctx context.Context, account, epoch int64) (ok bool, err error) {
	tag, err := d.pool.Exec(ctx, "update account set beat = beat + 1, renewed = now() where id = $1 and epoch = $2 and holder <> ''", account, epoch)
	return tag.RowsAffected() == 1, err
}

func (d *Database) release(ctx context.Context, account, epoch int64) error {
	_, err := d.pool.Exec(ctx, "update account set beat = beat + 1, holder = '' where id = $1 and epoch = $2", account, epoch)
	return err
}

func (d *Database) find(ctx context.Context, account int64, name string) (info fileInfo, err error) {
	err = d.pool.QueryRow(ctx, "select id, size, touched from file where account = $1 and name = $2", account, name).Scan(&info.id, &info.size, &info.touched)
	return info, missing(err)
}

// missing is fs.ErrNotExist where there is no such row.
func missing(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fs.ErrNotExist
	}
	return err
}

func (d *Database) names(ctx context.Context, account int64) ([]string, error) {
	rows, err := d.pool.Query(ctx, "select name from file where account = $1 order by name", account)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (d *Database) create(ctx context.Context, by writer, name string) (id int64, err error) {
	err = d.pool.QueryRow(ctx, `with owner as (select id from account where id = $1 and epoch = $2 for share)
		insert into file (account, name) select id, $3 from owner returning id`, by.account, by.epoch, name).Scan(&id)
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == uniqueViolation {
		return 0, fs.ErrExist
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, &LeaseLost{}
	}
	return id, err
}

// uniqueViolation is PostgreSQL's code for a row that is there already.
const uniqueViolation = "23505"

func (d *Database) size(ctx context.Context, file int64) (size int64, err error) {
	err = d.pool.QueryRow(ctx, "select size from file where id = $1", file).Scan(&size)
	return size, missing(err)
}

// readAhead is about how many bytes are read at a time: as many as a journal is parsed
// in, so that one piece is parsed while the next is on its way, and little more than is
// needed where only the beginning of a journal is wanted.
const readAhead = 256 << 10

func (d *Database) read(ctx context.Context, file, at int64) ([]byte, error) {
	rows, err := d.pool.Query(ctx, `select off, bytes from chunk where file = $1 and off < $2::bigint + $3::bigint
		and off >= coalesce((select off from chunk where file = $1 and off <= $2 order by off desc limit 1), 0) order by off`, file, at, readAhead)
	if err != nil {
		return nil, err
	}
	var b, piece []byte
	var off int64
	_, err = pgx.ForEachRow(rows, []any{&off, &piece}, func() error {
		switch skip := at + int64(len(b)) - off; {
		case skip < 0:
			return lang.Errorf("bytes of the file are missing in the database at %d", at+int64(len(b)))
		case skip < int64(len(piece)):
			b = append(b, piece[skip:]...)
		}
		return nil
	})
	return b, err
}

// appendSQL adds a chunk at the end of a file, if the epoch is the owner's, the file
// has its name, and the size and the lock are as the writer knows them. A commit waits
// for a takeover that is under way, and a takeover for a commit.
const appendSQL = `with owner as (select id from account where id = $1 and epoch = $2 for share),
	target as (update file set size = $5 + length($6::bytea), touched = now()
		where id = $3 and name = $4 and size = $5 and lock = $7 and account in (select id from owner) returning id)
	insert into chunk (file, off, epoch, bytes) select id, $5, $2, $6 from target`

// write appends in one statement, as a journal nearly always writes. Anywhere else it
// replaces what stands there.
func (d *Database) write(ctx context.Context, by writer, file int64, name string, at int64, b []byte) error {
	tag, err := d.pool.Exec(ctx, appendSQL, by.account, by.epoch, file, name, at, b, by.handle)
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	return d.change(ctx, by, file, name, func(tx pgx.Tx, size int64) (int64, error) {
		if at > size { // as a disk does, where a hole was left
			b = append(make([]byte, at-size), b...)
			at = size
		}
		return max(size, at+int64(len(b))), splice(ctx, tx, by.epoch, file, at, b)
	})
}

func (d *Database) truncate(ctx context.Context, by writer, file int64, name string, size int64) error {
	return d.change(ctx, by, file, name, func(tx pgx.Tx, was int64) (int64, error) {
		if size >= was {
			return size, splice(ctx, tx, by.epoch, file, was, make([]byte, size-was))
		}
		_, err := tx.Exec(ctx, "delete from chunk where file = $1 and off >= $2", file, size)
		if err != nil {
			return 0, err
		}
		_, err = tx.Exec(ctx, `update chunk set bytes = substr(bytes, 1, ($2 - off)::int), epoch = $3
			where file = $1 and off < $2 and off + length(bytes) > $2`, file, size, by.epoch)
		return size, err
	})
}

// change changes a file in one transaction, in which the account stays the owner's.
func (d *Database) change(ctx context.Context, by writer, file int64, name string, act func(tx pgx.Tx, size int64) (newSize int64, err error)) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if err := owns(ctx, tx, by); err != nil {
			return err
		}
		var size int64
		var lock string
		err := tx.QueryRow(ctx, "select size, lock from file where id = $1 and name = $2 for update", file, name).Scan(&size, &lock)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return journal.ErrMoved
		case err != nil:
			return err
		case lock != by.handle:
			return &LeaseLost{}
		}
		to, err := act(tx, size)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update file set size = $2, touched = now() where id = $1", file, to)
		return err
	})
}

// owns makes sure that the epoch is the owner's until the transaction ends.
func owns(ctx context.Context, tx pgx.Tx, by writer) error {
	var one int
	err := tx.QueryRow(ctx, "select 1 from account where id = $1 and epoch = $2 for share", by.account, by.epoch).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return &LeaseLost{}
	}
	return err
}

// splice writes b at an offset, up to which the file reaches. Bytes that stand there
// already are left alone: they are committed.
func splice(ctx context.Context, tx pgx.Tx, epoch, file, at int64, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, "select off, bytes from chunk where file = $1 and off < $3 and off + length(bytes) > $2 order by off", file, at, at+int64(len(b)))
	if err != nil {
		return err
	}
	begin, was := at, []byte(nil)
	var off int64
	var piece []byte
	if _, err := pgx.ForEachRow(rows, []any{&off, &piece}, func() error {
		if was == nil {
			begin = min(begin, off)
		}
		was = append(was, piece...)
		return nil
	}); err != nil {
		return err
	}
	head := at - begin
	if end := head + int64(len(b)); int64(len(was)) >= end && bytes.Equal(was[head:end], b) {
		return nil
	}
	now := append(append([]byte(nil), was[:head]...), b...)
	if len(was) > len(now) {
		now = append(now, was[len(now):]...)
	}
	if _, err := tx.Exec(ctx, "delete from chunk where file = $1 and off >= $2 and off < $3", file, begin, at+int64(len(b))); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "insert into chunk (file, off, epoch, bytes) values ($1, $2, $3, $4)", file, begin, epoch, now)
	return err
}

func (d *Database) lock(ctx context.Context, by writer, file int64) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if err := owns(ctx, tx, by); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `update file set lock = $2, lock_epoch = $3, lock_by = $4
			where id = $1 and (lock = '' or lock_epoch < $3)`, file, by.handle, by.epoch, by.holder)
		if err != nil || tag.RowsAffected() == 1 {
			return err
		}
		var holder string
		if err := tx.QueryRow(ctx, "select lock_by from file where id = $1", file).Scan(&holder); err != nil {
			return missing(err)
		}
		return &journal.Locked{Holder: holder}
	})
}

func (d *Database) unlock(ctx context.Context, by writer, file int64) error {
	_, err := d.pool.Exec(ctx, "update file set lock = '', lock_by = '' where id = $1 and lock = $2", file, by.handle)
	return err
}

var _ store = (*Database)(nil)
