package office

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"flexybatch/internal/people"
)

// People keeps the people of an office in its database, with their sessions and
// invitations. It is a people.Store for many servers at once.
type People struct{ q querier }

// People are the people of the office.
func (d *Database) People() *People { return &People{d.pool} }

const personColumns = "select id, name, roles, login, passkeys, since, invited from person"

// scanPerson reads a row of personColumns.
func scanPerson(row pgx.CollectableRow) (p people.Person, err error) {
	err = row.Scan(&p.ID, &p.Name, &p.Roles, &p.Login, &p.Passkeys, &p.Since, &p.By)
	return p, err
}

// onePerson asks for one person.
func onePerson(ctx context.Context, q querier, sql string, args ...any) (people.Person, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return people.Person{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPerson)
	return p, orNone(err)
}

// orNone is people.ErrNone where there is no row.
func orNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return people.ErrNone
	}
	return err
}

// People lists the people by name.
func (s *People) People(ctx context.Context) ([]people.Person, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	rows, err := s.q.Query(ctx, personColumns+` order by name collate "C"`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanPerson)
}

// Person finds a person by their id.
func (s *People) Person(ctx context.Context, id string) (people.Person, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	return onePerson(ctx, s.q, personColumns+" where id = $1", id)
}

// Add keeps a new person.
func (s *People) Add(ctx context.Context, p people.Person) error {
	return s.exec(ctx, "insert into person (id, name, roles, login, passkeys, since, invited) values ($1, $2, $3, $4, $5, $6, $7)",
		p.ID, p.Name, p.Roles, p.Login, passkeysOf(p), p.Since, p.By)
}

// passkeysOf are the passkeys of a person, an empty list where there are none.
func passkeysOf(p people.Person) []people.Passkey { return append([]people.Passkey{}, p.Passkeys...) }

// Change changes a person, whose row nobody else changes meanwhile.
func (s *People) Change(ctx context.Context, id string, change func(*people.Person) error) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return pgx.BeginFunc(ctx, s.q, func(tx pgx.Tx) error {
		p, err := onePerson(ctx, tx, personColumns+" where id = $1 for update", id)
		if err == nil {
			err = change(&p)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update person set name = $2, roles = $3, login = $4, passkeys = $5 where id = $1", id, p.Name, p.Roles, p.Login, passkeysOf(p))
		return err
	})
}

// Remove removes a person, and with them their sessions.
func (s *People) Remove(ctx context.Context, id string) error {
	return s.one(ctx, "delete from person where id = $1", id)
}

// Invite keeps an invitation.
func (s *People) Invite(ctx context.Context, i people.Invitation) error {
	return s.exec(ctx, "insert into invitation (mark, name, roles, by, until, person) values ($1, $2, $3, $4, $5, $6)", i.Mark, i.Name, i.Roles, i.By, i.Until, i.Person)
}

// Invitation finds an invitation.
func (s *People) Invitation(ctx context.Context, mark string) (i people.Invitation, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	err = s.q.QueryRow(ctx, "select mark, name, roles, by, until, person from invitation where mark = $1", mark).Scan(&i.Mark, &i.Name, &i.Roles, &i.By, &i.Until, &i.Person)
	return i, orNone(err)
}

// Spend takes an invitation away.
func (s *People) Spend(ctx context.Context, mark string) error {
	return s.one(ctx, "delete from invitation where mark = $1", mark)
}

// Begin keeps a new session.
func (s *People) Begin(ctx context.Context, x people.Session) error {
	return s.exec(ctx, "insert into session (mark, person, begun, seen) values ($1, $2, $3, $4)", x.Mark, x.Person, x.Begun, x.Seen)
}

// Session finds a session.
func (s *People) Session(ctx context.Context, mark string) (x people.Session, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	err = s.q.QueryRow(ctx, "select mark, person, begun, seen from session where mark = $1", mark).Scan(&x.Mark, &x.Person, &x.Begun, &x.Seen)
	return x, orNone(err)
}

// Seen notes that a session was used.
func (s *People) Seen(ctx context.Context, mark string, at time.Time) error {
	return s.one(ctx, "update session set seen = $2 where mark = $1", mark, at)
}

// End ends a session.
func (s *People) End(ctx context.Context, mark string) error {
	return s.one(ctx, "delete from session where mark = $1", mark)
}

// Sweep forgets what is over.
func (s *People) Sweep(ctx context.Context, begun, seen, until time.Time) error {
	if err := s.exec(ctx, "delete from session where begun < $1 or seen < $2", begun, seen); err != nil {
		return err
	}
	return s.exec(ctx, "delete from invitation where until < $1", until)
}

// exec executes a statement.
func (s *People) exec(ctx context.Context, sql string, args ...any) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	_, err := s.q.Exec(ctx, sql, args...)
	return err
}

// one executes a statement that is about one row, which must be there.
func (s *People) one(ctx context.Context, sql string, args ...any) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	done, err := s.q.Exec(ctx, sql, args...)
	if err == nil && done.RowsAffected() == 0 {
		err = people.ErrNone
	}
	return err
}
