//go:build linux

package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"flexybatch/internal/office/officetest"
	"flexybatch/journal"
)

// record is a record of a journal.
func record(n int) []byte { return fmt.Appendf(nil, `{"row":%d}`, n) }

// opened opens a journal as an owner does.
func opened(t *testing.T, s *Storage) (*journal.Journal, int) {
	t.Helper()
	n := 0
	j, _, err := journal.Open(s, "october.journal", func(journal.Entry) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return j, n
}

// On a real server: the owner before cannot write after a takeover, in no way, and the
// next one has everything that was confirmed.
func TestFencing(t *testing.T) {
	d := connected(t, shared.Database(t))
	account := d.newAccount(t)
	first := owned(t, d, sinceBoot, account, "the first", time.Minute)
	before := &Storage{store: d, account: account, lease: first, holder: "the first"}
	j, _ := opened(t, before)
	if err := j.Append(time.Now(), record(1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := journal.Open(before, "october.journal", nil); !strings.Contains(err.Error(), "the first") {
		t.Errorf("a second handle of the same owner: %v", err)
	}
	open, err := before.OpenFile("other.journal", os.O_RDWR|os.O_CREATE, 0)
	if err != nil {
		t.Fatal(err)
	}
	second := owned(t, d, sinceBoot, account, "the second", time.Minute)
	if ok, err := first.renew(t.Context()); ok || err != nil {
		t.Errorf("the owner before renews its lease: %t, %v", ok, err)
	}
	if err := j.Append(time.Now(), record(2)); !errors.Is(err, journal.ErrFailed) {
		t.Errorf("the owner before appends: %v", err)
	}
	_, written := open.Write([]byte("x"))
	_, created := before.OpenFile("new.journal", os.O_RDWR|os.O_CREATE, 0)
	for what, err := range map[string]error{"writes": written, "locks": open.Lock(), "truncates": open.Truncate(0), "creates": created} {
		if _, lost := errors.AsType[*LeaseLost](err); !lost {
			t.Errorf("the owner before %s: %v", what, err)
		}
	}
	now := &Storage{store: d, account: account, lease: second, holder: "the second"}
	again, n := opened(t, now)
	if n != 1 {
		t.Errorf("the next owner has %d records, want 1", n)
	}
	if err := errors.Join(again.Append(time.Now(), record(3)), again.Close()); err != nil {
		t.Error(err)
	}
	if err := first.release(t.Context()); err != nil {
		t.Error(err)
	}
	if s, _ := d.look(t.Context(), account); s.holder != "the second" {
		t.Errorf("the owner before has given a lease back that is not its own: %+v", s)
	}
}

// A write that waits in the database while the lease is taken over has no effect.
func TestWriteDuringTakeover(t *testing.T) {
	d := connected(t, shared.Database(t))
	account := d.newAccount(t)
	first := owned(t, d, sinceBoot, account, "the first", time.Minute)
	j, _ := opened(t, &Storage{store: d, account: account, lease: first})
	takeover, err := d.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := takeover.Exec(t.Context(), "update account set epoch = epoch + 1 where id = $1", account); err != nil {
		t.Fatal(err)
	}
	appended := make(chan error, 1)
	go func() { appended <- j.Append(time.Now(), record(1)) }()
	for waits := 0; waits == 0; { // the write waits for the account
		if err := d.pool.QueryRow(t.Context(), "select count(*) from pg_locks where not granted").Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := takeover.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-appended; !errors.Is(err, journal.ErrFailed) {
		t.Errorf("a write that waited for a takeover: %v", err)
	}
	_, err = journal.Read(&Storage{store: d, account: account}, "october.journal", func(journal.Entry) error { return errors.New("a record") })
	if err != nil {
		t.Errorf("the journal holds what was written after the takeover: %v", err)
	}
}

// The server is killed between writes, and the journal has what was confirmed.
func TestServerIsKilled(t *testing.T) {
	server := officetest.Start(t)
	d := connected(t, server.Database(t))
	account := d.newAccount(t)
	lease := owned(t, d, sinceBoot, account, "the first", time.Hour)
	s := &Storage{store: d, account: account, lease: lease}
	confirmed := 0
	for _, end := range []func(){server.Kill, server.Stop} {
		j, n := opened(t, s)
		if n != confirmed {
			t.Errorf("%d records, want %d", n, confirmed)
		}
		if err := j.Append(time.Now(), record(1)); err != nil {
			t.Fatal(err)
		}
		confirmed++
		end()
		if err := j.Append(time.Now(), record(2)); !errors.Is(err, journal.ErrFailed) {
			t.Errorf("without a server: %v", err)
		}
		_ = j.Close() // which cannot give the lock back
		if err := server.Begin(); err != nil {
			t.Fatal(err)
		}
		d.pool.Reset() // its connections are broken
		lease = owned(t, d, sinceBoot, account, "the next", time.Hour)
		s = &Storage{store: d, account: account, lease: lease}
	}
	if _, n := opened(t, s); n != confirmed {
		t.Errorf("%d records, want %d", n, confirmed)
	}
}

// A large journal is read in pieces, from every offset.
func TestReadsInPieces(t *testing.T) {
	d := connected(t, shared.Database(t))
	account := d.newAccount(t)
	s := &Storage{store: d, account: account, lease: owned(t, d, sinceBoot, account, "a", time.Minute)}
	f, err := s.OpenFile("big", os.O_RDWR|os.O_CREATE, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := sha256.New()
	piece := []byte(strings.Repeat("0123456789abcdef", 1<<14)) // a quarter of a MB
	for i := range 30 {
		b := append(fmt.Appendf(nil, "%d", i), piece...)
		want.Write(b)
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	got := sha256.New()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(got, f); err != nil {
		t.Fatal(err)
	}
	if string(got.Sum(nil)) != string(want.Sum(nil)) {
		t.Error("what was read is not what was written")
	}
	if b, err := d.read(t.Context(), f.(*file).id, 5); err != nil || len(b) > 2*readAhead {
		t.Errorf("%d bytes were read at once: %v", len(b), err)
	}
}

// A database that loses what it has confirmed is refused, and so is one that is not
// there. No error has the password.
func TestConnectRefuses(t *testing.T) {
	address := shared.Database(t)
	officetest.Exec(t, address, "do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$")
	_, err := Connect(t.Context(), address)
	if loses, ok := errors.AsType[*LosesCommits](err); !ok || loses.Setting != "synchronous_commit" {
		t.Errorf("synchronous_commit off: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, address := range []string{"postgres://u:s3cret@127.0.0.1:1/x", "postgres://u:s3cret@%zz/", "host=127.0.0.1 port=1 password=s3cret user=u", "postgres://u:s3cret@host:port/x"} {
		d, err := Connect(ctx, address)
		if err == nil {
			d.Close()
			t.Errorf("%s: no error", address)
		} else if strings.Contains(err.Error(), "s3cret") || strings.Contains(fmt.Sprintf("%+v %#v", err, err), "s3cret") {
			t.Errorf("the password stands in the error: %v", err)
		}
	}
}

// The tables are made once, whoever makes them and how often; without them, and with
// those of a later version, nothing begins.
func TestInit(t *testing.T) {
	address := shared.Database(t)
	d, err := Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, wrong := errors.AsType[*WrongSchema](d.Check(t.Context())); !wrong {
		t.Error("a database without tables is taken for an office's")
	}
	made := make(chan error)
	for range 3 {
		go func() { _, _, err := d.Init(t.Context()); made <- err }()
	}
	for range 3 {
		if err := <-made; err != nil {
			t.Error(err)
		}
	}
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if before, after, err := d.Init(t.Context()); before != schemaVersion || after != schemaVersion || err != nil {
		t.Errorf("once more: %d to %d, %v", before, after, err)
	}
	officetest.Exec(t, address, "insert into flexybatch_schema (version) values (999)")
	_, _, err = d.Init(t.Context())
	for what, err := range map[string]error{"Check": d.Check(t.Context()), "Init": err} {
		if wrong, ok := errors.AsType[*WrongSchema](err); !ok || wrong.Has != 999 {
			t.Errorf("%s of a later version: %v", what, err)
		}
	}
}

// Another server is noticed, and the batches that are not at their end are doubted.
func TestOrigin(t *testing.T) {
	address := shared.Database(t)
	d := connected(t, address)
	account := d.newAccount(t)
	officetest.Exec(t, address, fmt.Sprintf("insert into batch (account, name, state) values (%d, 'a', 'waiting'), (%d, 'b', 'done'), (%d, 'c', 'cancelled')", account, account, account))
	doubted := func() (names []string) {
		rows, err := d.pool.Query(t.Context(), "select name from batch where doubted order by name")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		return names
	}
	if changed, err := d.CompareOrigin(t.Context()); changed || err != nil || len(doubted()) > 0 {
		t.Errorf("the same server: %t, %v", changed, err)
	}
	officetest.Exec(t, address, "update origin set timeline = '00000000'")
	if changed, err := d.CompareOrigin(t.Context()); !changed || err != nil {
		t.Errorf("another server: %t, %v", changed, err)
	}
	if names := doubted(); len(names) != 2 || names[0] != "a" || names[1] != "c" { // which somebody may resume
		t.Errorf("doubted: %q", names)
	}
	if changed, err := d.CompareOrigin(t.Context()); changed || err != nil {
		t.Errorf("the other server, once more: %t, %v", changed, err)
	}
}
