package office

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// Imported is a batch that was run from files and becomes the office's.
type Imported struct {
	Name    string
	Named   bool // the name was given, and not made from the file's
	File    string
	Content []byte
	Journal string // the path of its journal
	By      string
}

// ErrNotWhole says that a journal cannot be taken in as it is.
var ErrNotWhole = lang.Errorf("the journal is not whole: run or settle the batch from files once more first")

// Import takes a batch in. Its account is entered if it is new. The journal is copied
// byte for byte, and compared; the batch appears when all of it is there.
func (d *Database) Import(ctx context.Context, i Imported) error {
	l, info, err := batch.ReadLedger(journal.Disk{}, i.Journal)
	switch {
	case err != nil:
		return err
	case info.Torn != nil || !l.Sealed():
		return ErrNotWhole
	}
	account, err := d.enter(ctx, l.Batch().Account)
	if err != nil {
		return &Unreachable{Err: err}
	}
	s, release, err := d.Borrow(ctx, account, i.By)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, migrationLimit)
	defer cancel()
	if err := d.mayImport(ctx, account, i.Name); err != nil {
		return err
	}
	if err := copyJournal(s, i); err != nil {
		return err
	}
	there, copied, err := batch.ReadLedger(s, i.Name+".journal")
	if err != nil || copied.Head != info.Head || copied.Lines != info.Lines {
		return errors.Join(ErrNotWhole, err)
	}
	return d.enterImported(ctx, account, i, there)
}

// mayImport refuses a name that is taken, and removes what an import has left that did
// not come to its end.
func (d *Database) mayImport(ctx context.Context, account int64, name string) error {
	var taken bool
	err := d.pool.QueryRow(ctx, "select exists (select 1 from batch where account = $1 and name = $2)", account, name).Scan(&taken)
	if err == nil && taken {
		return &BatchExists{Name: name}
	}
	if err == nil {
		_, err = d.pool.Exec(ctx, "delete from file where account = $1 and name = $2", account, name+".journal")
	}
	return err
}

// copyJournal copies the file into the database.
func copyJournal(s *Storage, i Imported) (err error) {
	from, err := os.Open(i.Journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := s.OpenFile(i.Name+".journal", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, readAhead))
	return errors.Join(err, to.Close())
}

// enterImported makes the batch known. What is unsent is sent when a person resumes it.
func (d *Database) enterImported(ctx context.Context, account int64, i Imported, l *batch.Ledger) error {
	o := optionsOf(l.Batch().Options)
	o.Named = i.Named
	options, err1 := json.Marshal(o)
	rows, err2 := json.Marshal(rowsOf(l.Tally()))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	state := Done
	switch t := l.Tally(); {
	case t.Of(batch.Unsent) > 0:
		state = Paused
	case open(t) > 0:
		state = Open
	}
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `insert into batch (account, name, state, made_by, options, rows, settle_at) values ($1, $2, $3, $4, $5, $6, case when $7 then now() end) returning id`,
			account, i.Name, state, i.By, options, rows, open(l.Tally()) > 0).Scan(&id)
		if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == uniqueViolation {
			return &BatchExists{Name: i.Name}
		}
		if err != nil {
			return err
		}
		if err := putBlob(ctx, tx, id, "input", "1/"+i.File, i.Content); err != nil {
			return err
		}
		return act(ctx, tx, i.By, actImport, id, i.File)
	})
}

// optionsOf are the options of a batch as its journal has them, by the names of flags.
func optionsOf(flags map[string]string) (o Options) {
	number := func(flag string) batch.Dinars {
		n, _ := strconv.ParseInt(flags[flag], 10, 64) // as it was written by the program
		return batch.Dinars(n)
	}
	o.Sheet, o.Encoding, o.Plan = flags["sheet"], flags["encoding"], flags["plan"]
	o.SpreadMerged, o.FixPhones, o.AnyOperator = flags["spread-merged"] == "true", flags["fix-phones"] == "true", flags["any-operator"] == "true"
	o.Amount, o.Limits.MaxAmount, o.Limits.MaxPerPhone = number("amount"), number("max-amount"), number("max-per-phone")
	o.Limits.AllowDuplicates = flags["allow-duplicates"] == "true"
	for column := range strings.SplitSeq(flags["map"], ",") {
		if field, header, ok := strings.Cut(column, "="); ok {
			if o.Map == nil {
				o.Map = map[string]string{}
			}
			o.Map[field] = header
		}
	}
	return o
}
