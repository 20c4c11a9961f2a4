//go:build linux

package office

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flexybatch/internal/office/officetest"
	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// shared is the server of this package's tests.
var shared officetest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// connected is an office's database, with its tables.
func connected(t testing.TB, address string) *Database {
	t.Helper()
	d, err := Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if _, _, err := d.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// newAccount makes an account that nobody owns.
func (d *Database) newAccount(t testing.TB) (id int64) {
	t.Helper()
	err := d.pool.QueryRow(t.Context(), "insert into account (host, username, type) values ('host', $1, 'SANDBOX') returning id", rand.Text()).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// owned takes the lease of an account, as it stands.
func owned(t testing.TB, s store, c clock, account int64, holder string, length time.Duration) *Lease {
	t.Helper()
	seen, err := s.look(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	l, err := claim(context.Background(), s, c, account, seen, holder, length)
	if err != nil || l == nil {
		t.Fatalf("claim: %v, %v", l, err)
	}
	return l
}

// PostgreSQL is as package journal needs it.
func TestStorage(t *testing.T) {
	d := connected(t, shared.Database(t))
	journaltest.TestFS(t, func(t *testing.T) journaltest.Storage {
		account := d.newAccount(t)
		lease := owned(t, d, sinceBoot, account, "a worker", time.Minute)
		act := func(sql string, args ...any) error {
			tag, err := d.pool.Exec(t.Context(), sql, args...)
			if err == nil && tag.RowsAffected() == 0 {
				err = fs.ErrNotExist
			}
			return err
		}
		return journaltest.Storage{
			Process: func() journal.FS {
				return &Storage{store: d, account: account, lease: lease, holder: "a worker"}
			},
			Folder: "/somewhere",
			Rename: func(old, name string) error {
				_, err := d.pool.Exec(t.Context(), "delete from file where account = $1 and name = $2", account, filepath.Base(name))
				return errors.Join(err, act("update file set name = $3 where account = $1 and name = $2", account, filepath.Base(old), filepath.Base(name)))
			},
			Remove: func(name string) error {
				return act("delete from file where account = $1 and name = $2", account, filepath.Base(name))
			},
		}
	})
}
