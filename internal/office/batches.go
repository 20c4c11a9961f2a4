package office

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// The states of a batch. What is true of its rows stands in its journal.
const (
	Waiting   = "waiting"   // to be sent, when it is due and its turn comes
	Running   = "running"   // being sent, or its owner has died: the next one goes on
	Held      = "held"      // the canary was sent, and a person lets the rest go
	Paused    = "paused"    // a person has paused it
	Stopped   = "stopped"   // something is the matter, and a person lets it go on
	Refused   = "refused"   // nothing was sent: a person mends the file or the options
	Open      = "open"      // all was sent, and outcomes are open
	Done      = "done"      // every row is at its end
	Cancelled = "cancelled" // a person has cancelled it; what is unsent stays so
)

// StateTitle is a state in words.
func StateTitle(state string) lang.Message {
	switch state {
	case Waiting:
		return lang.Title("waiting")
	case Running:
		return lang.Title("being sent")
	case Held:
		return lang.Title("held after its canary")
	case Paused:
		return lang.Title("paused")
	case Stopped:
		return lang.Title("stopped")
	case Refused:
		return lang.Title("refused")
	case Open:
		return lang.Title("sent, with open outcomes")
	case Done:
		return lang.Title("done")
	}
	return lang.Title("cancelled")
}

// WishTitle is a wish in words; nothing where there is none.
func WishTitle(wish string) lang.Message {
	switch wish {
	case wishPause:
		return lang.Title("to be paused")
	case wishCancel:
		return lang.Title("to be cancelled")
	}
	return lang.Message{}
}

// What a person may wish of a batch that is being sent.
const (
	wishPause  = "pause"
	wishCancel = "cancel"
)

// Account is an account of the provider that the office pays from.
type Account struct {
	ID int64
	batch.Account
	Stopped string // why nothing is sent; empty: it is
	Holder  string // the worker that owns it now; empty: none
}

// Label is how people name the account.
func (a *Account) Label() string { return a.Username + "@" + a.Host }

// Accounts lists the accounts. A worker enters its own when it starts.
func (d *Database) Accounts(ctx context.Context) ([]Account, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	rows, err := d.pool.Query(ctx, "select id, host, username, type, stopped, holder from account order by id")
	if err != nil {
		return nil, &Unreachable{Err: err}
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Account, err error) {
		err = row.Scan(&a.ID, &a.Host, &a.Username, &a.Type, &a.Stopped, &a.Holder)
		return a, err
	})
}

// Account finds an account by its name, USERNAME or USERNAME@HOST; without a name, the
// only one.
func (d *Database) Account(ctx context.Context, name string) (*Account, error) {
	all, err := d.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var fit []Account
	for _, a := range all {
		if name == "" || name == a.Username || name == a.Label() {
			fit = append(fit, a)
		}
	}
	if len(fit) == 1 {
		return &fit[0], nil
	}
	return nil, &WhichAccount{Name: name, Known: all}
}

// enter makes sure that the account of a key is in the database.
func (d *Database) enter(ctx context.Context, a batch.Account) (id int64, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	err = d.pool.QueryRow(ctx, `insert into account (host, username, type) values ($1, $2, $3)
		on conflict (host, username, type) do update set host = excluded.host returning id`, a.Host, a.Username, a.Type).Scan(&id)
	return id, err
}

// Submission is a batch that somebody wants to be paid.
type Submission struct {
	Account  int64
	Name     string
	File     string // its base name
	Content  []byte
	Requests [][]byte // the approval request, in copies that different people have approved
	Options  Options
	At       time.Time // zero: now
	Priority int       // 1 to 4; 0: 2
	By       string
	MadeBy   string   // who gave the file; empty: By. By has had no hand in it then
	Makers   []string // who else had a hand in the file; none of them approves it
}

// Submit puts a batch in line. A name that is taken is a *BatchExists, unless the file
// is a correction (Options.Amend).
func (d *Database) Submit(ctx context.Context, s Submission) error {
	ctx, cancel := context.WithTimeout(ctx, migrationLimit) // a file may be large
	defer cancel()
	options, err := json.Marshal(s.Options)
	if err != nil {
		return err
	}
	if s.Priority == 0 {
		s.Priority = 2
	}
	if s.At.IsZero() {
		s.At = time.Now()
	}
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `insert into batch (account, name, priority, due, made_by, options) values ($1, $2, $3, $4, $5, $6) returning id`,
			s.Account, s.Name, s.Priority, s.At, cmp.Or(s.MadeBy, s.By), options).Scan(&id)
		if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == uniqueViolation {
			return &BatchExists{Name: s.Name}
		}
		if err != nil {
			return err
		}
		if err := s.keep(ctx, tx, id, 1); err != nil {
			return err
		}
		if err := act(ctx, tx, s.By, s.act(actSubmit), id, s.File); err != nil {
			return err
		}
		return d.inLine(ctx, tx, s.Account, id, s.At, s.Priority)
	})
}

// Amend gives a batch a corrected file and puts it in line again, unless it is being
// sent.
func (d *Database) Amend(ctx context.Context, s Submission) error {
	ctx, cancel := context.WithTimeout(ctx, migrationLimit) // a file may be large
	defer cancel()
	options, err := json.Marshal(s.Options)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		var id int64
		var state string
		var versions int
		err := tx.QueryRow(ctx, `select id, state, (select count(*) from blob where batch = batch.id and kind = 'input') from batch
			where account = $1 and name = $2 for update`, s.Account, s.Name).Scan(&id, &state, &versions)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return &NoSuchBatch{Name: s.Name}
		case err != nil:
			return err
		case state == Running || state == Waiting:
			return &NotNow{Name: s.Name, State: state}
		}
		if err := s.keep(ctx, tx, id, versions+1); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update batch set options = $2, state = 'waiting', wish = '', note = '', due = now() where id = $1", id, options); err != nil {
			return err
		}
		if err := act(ctx, tx, s.By, s.act(actAmend), id, s.File); err != nil {
			return err
		}
		return d.inLine(ctx, tx, s.Account, id, time.Now(), s.Priority)
	})
}

// act is what By does: whoever lets the file of others be paid has no hand in it.
func (s *Submission) act(with string) string {
	if s.MadeBy != "" {
		return actStart
	}
	return with
}

// keep keeps the files of a submission, and who made them.
func (s *Submission) keep(ctx context.Context, tx pgx.Tx, id int64, version int) error {
	if err := putBlob(ctx, tx, id, "input", fmt.Sprintf("%d/%s", version, s.File), s.Content); err != nil {
		return err
	}
	for i, r := range s.Requests {
		if err := putBlob(ctx, tx, id, "request", fmt.Sprintf("%d/%d.plan.json", version, i+1), r); err != nil {
			return err
		}
	}
	for _, who := range s.Makers {
		if err := act(ctx, tx, who, actMake, id, s.File); err != nil {
			return err
		}
	}
	return nil
}

// putBlob keeps a file that belongs to a batch.
func putBlob(ctx context.Context, q querier, id int64, kind, name string, b []byte) error {
	sum := sha256.Sum256(b)
	_, err := q.Exec(ctx, `insert into blob (batch, kind, name, sha256, bytes) values ($1, $2, $3, $4, $5)
		on conflict (batch, kind, name) do update set sha256 = excluded.sha256, bytes = excluded.bytes, made = now()`,
		id, kind, name, hex.EncodeToString(sum[:]), b)
	return err
}

// What people do to the file of a batch. Whoever did one of these does not approve it.
const (
	actSubmit = "submit"
	actAmend  = "amend"
	actImport = "import"
	actMake   = "make" // a hand in the file, before it was submitted
)

// What people do that lets a batch be sent, beside actSubmit and actAmend.
const (
	actStart  = "start" // the file that others have made
	actResume = "resume"
)

// starter is who has let a batch be sent last, for its books.
func starter(ctx context.Context, q querier, id int64) (who string, err error) {
	err = q.QueryRow(ctx, "select coalesce((select who from act where batch = $1 and what = any($2) order by id desc limit 1), '')",
		id, []string{actSubmit, actAmend, actStart, actResume}).Scan(&who)
	return who, err
}

// makers are those who had a hand in the file of a batch, in any of its versions. Of
// user@machine, as the command line names people, the user alone counts too.
func makers(ctx context.Context, q querier, id int64) (list []string, err error) {
	rows, err := q.Query(ctx, `select made_by from batch where id = $1 and made_by <> ''
		union select who from act where batch = $1 and what = any($2) and who <> '' order by 1`, id, []string{actSubmit, actAmend, actImport, actMake})
	if err != nil {
		return nil, err
	}
	var who string
	_, err = pgx.ForEachRow(rows, []any{&who}, func() error {
		list = append(list, who)
		if user, _, ok := strings.Cut(who, "@"); ok && user != "" {
			list = append(list, user)
		}
		return nil
	})
	return list, err
}

// act writes down who did what.
func act(ctx context.Context, q querier, who, what string, id int64, text string) error {
	_, err := q.Exec(ctx, "insert into act (who, what, batch, text) values ($1, $2, $3, $4)", who, what, id, text)
	return err
}

// Batch is a batch of the office, as "batches --json" prints it.
type Batch struct {
	Name     string         `json:"name"`
	Account  string         `json:"account"`
	State    string         `json:"state"`
	Wish     string         `json:"wish"`
	Owner    string         `json:"owner"`
	Rows     map[string]int `json:"rows"`
	Priority int            `json:"priority"`
	Due      time.Time      `json:"due"`
	MadeBy   string         `json:"made_by"`
	Note     string         `json:"note,omitempty"`
	Stopped  string         `json:"account_stopped,omitempty"` // why nothing of its account is sent

	LooksPaid *int `json:"looks_paid,omitempty"` // how many rows look paid already, if it is refused until a person names that number

	notes, stops note // Note and Stopped, by language
}

// Batches lists the batches of an account, the newest first; of all accounts for 0.
func (d *Database) Batches(ctx context.Context, account int64) ([]Batch, error) {
	return d.batchesWhere(ctx, condition{"where $1 = 0 or a.id = $1", []any{account}})
}

// condition is one of SQL, about a batch b and its account a.
type condition struct {
	sql  string
	args []any
}

// batchesWhere lists the batches that a condition is true of, the newest first.
func (d *Database) batchesWhere(ctx context.Context, where condition) ([]Batch, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	rows, err := d.pool.Query(ctx, `select b.name, a.username || '@' || a.host, b.state, b.wish, case when b.state = 'running' then a.holder else '' end,
		b.rows, b.priority, b.due, b.made_by, b.note, a.stopped, b.note_in, a.stopped_in,
		case when b.state = 'refused' then b.looks_paid end
		from batch b join account a on a.id = b.account `+where.sql+" order by b.id desc", where.args...)
	if err != nil {
		return nil, &Unreachable{Err: err}
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Batch, err error) {
		err = row.Scan(&b.Name, &b.Account, &b.State, &b.Wish, &b.Owner, &b.Rows, &b.Priority, &b.Due, &b.MadeBy, &b.Note, &b.Stopped, &b.notes, &b.stops, &b.LooksPaid)
		return b, err
	})
}

// Pause wishes that a batch is not sent any further; what is under way is finished.
func (d *Database) Pause(ctx context.Context, account int64, name, by string) error {
	return d.wish(ctx, account, name, by, wishPause, Paused)
}

// Cancel wishes that nothing more of a batch is ever sent.
func (d *Database) Cancel(ctx context.Context, account int64, name, by string) error {
	return d.wish(ctx, account, name, by, wishCancel, Cancelled)
}

// wish stores a wish. A batch that nobody sends takes the state at once; for one that
// is being sent, its owner sees to it within a second.
func (d *Database) wish(ctx context.Context, account int64, name, by, wish, state string) error {
	return d.change1(ctx, account, name, by, wish, func(ctx context.Context, tx pgx.Tx, id int64, is string) error {
		switch is {
		case Running:
			_, err := tx.Exec(ctx, "update batch set wish = $2 where id = $1", id, wish)
			return err
		case Waiting, Held, Paused, Stopped, Refused:
			_, err := tx.Exec(ctx, "update batch set state = $2, wish = '' where id = $1", id, state)
			return err
		}
		return &NotNow{Name: name, State: is}
	})
}

// Resume lets a batch go on that was paused, held, stopped, refused or cancelled, and
// with it the account, if that was stopped.
func (d *Database) Resume(ctx context.Context, account int64, name, by string) error {
	return d.change1(ctx, account, name, by, actResume, func(ctx context.Context, tx pgx.Tx, id int64, is string) error {
		if _, err := tx.Exec(ctx, "update account set stopped = '' where id = $1", account); err != nil {
			return err
		}
		switch is {
		case Done:
			return &NotNow{Name: name, State: is}
		case Held: // a person lets the rest go
			_, err := tx.Exec(ctx, "update batch set options = options - 'canary' where id = $1", id)
			if err != nil {
				return err
			}
		}
		if is != Running && is != Open {
			if _, err := tx.Exec(ctx, "update batch set state = 'waiting', note = '' where id = $1", id); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "update batch set wish = '' where id = $1", id); err != nil {
			return err
		}
		return d.inLine(ctx, tx, account, id, time.Now(), 1)
	})
}

// change1 changes one batch in one transaction, and writes down who did.
func (d *Database) change1(ctx context.Context, account int64, name, by, what string, change func(ctx context.Context, tx pgx.Tx, id int64, state string) error) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		var id int64
		var state string
		err := tx.QueryRow(ctx, "select id, state from batch where account = $1 and name = $2 for update", account, name).Scan(&id, &state)
		if errors.Is(err, pgx.ErrNoRows) {
			return &NoSuchBatch{Name: name}
		}
		if err != nil {
			return err
		}
		if err := change(ctx, tx, id, state); err != nil {
			return err
		}
		return act(ctx, tx, by, what, id, "")
	})
}

// Storage is where the journals of an account lie, to be read.
func (d *Database) Storage(account int64) *Storage { return &Storage{store: d, account: account} }

// Input is the last version of a batch's file.
func (d *Database) Input(ctx context.Context, account int64, name string) (file string, content []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, migrationLimit)
	defer cancel()
	err = d.pool.QueryRow(ctx, `select substr(l.name, strpos(l.name, '/') + 1), l.bytes from blob l join batch b on b.id = l.batch
		where b.account = $1 and b.name = $2 and l.kind = 'input' order by l.made desc limit 1`, account, name).Scan(&file, &content)
	if errors.Is(err, pgx.ErrNoRows) {
		err = &NoSuchBatch{Name: name}
	}
	return file, content, err
}

// BatchExists says that a batch of that name was submitted before.
type BatchExists struct{ Name string }

func (e *BatchExists) Error() string { return e.Message().String() }

// Message names the batch.
func (e *BatchExists) Message() lang.Message {
	return lang.Msg("a batch %q was submitted already; nothing was changed. A new pay period wants a name of its own (--batch NAME), and a corrected file --amend", e.Name)
}

// NoSuchBatch says that the office has no batch of that name.
type NoSuchBatch struct{ Name string }

func (e *NoSuchBatch) Error() string { return e.Message().String() }

// Message names the batch.
func (e *NoSuchBatch) Message() lang.Message {
	return lang.Msg("the office has no batch %q", e.Name)
}

// NotNow says that a batch cannot be changed so in its state.
type NotNow struct{ Name, State string }

func (e *NotNow) Error() string { return e.Message().String() }

// Message names the state.
func (e *NotNow) Message() lang.Message {
	return lang.Msg("batch %q is %s; that cannot be done now", e.Name, StateTitle(e.State))
}

// WhichAccount says that it is not clear which account is meant.
type WhichAccount struct {
	Name  string // as it was given; empty: none was
	Known []Account
}

func (e *WhichAccount) Error() string { return e.Message().String() }

// Message lists the accounts that there are.
func (e *WhichAccount) Message() lang.Message {
	if len(e.Known) == 0 {
		return lang.Msg("the office has no account yet: start a worker, which enters that of its key")
	}
	names := ""
	for i, a := range e.Known {
		if i > 0 {
			names += ", "
		}
		names += a.Label()
	}
	return lang.Msg("which account is meant? Give --account with one of these: %s", names)
}
