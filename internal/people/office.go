package people

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
)

// Office lets people in. Only Store is needed.
type Office struct {
	Store
	Idle time.Duration // after so long without a request a session is over; 0: half an hour
	Most time.Duration // after so long it is over whatever happens; 0: twelve hours
}

// InvitationLife is how long an invitation is good.
const InvitationLife = 24 * time.Hour

// seenEvery is how exactly it is known when a session was used last.
const seenEvery = time.Minute

func (o Office) idle() time.Duration { return orElse(o.Idle, 30*time.Minute) }
func (o Office) most() time.Duration { return orElse(o.Most, 12*time.Hour) }

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Invite makes an invitation, and returns the token that goes into its link.
func (o Office) Invite(ctx context.Context, name string, roles []Role, by string) (token string, err error) {
	if err := CheckRoles(roles); err != nil {
		return "", err
	}
	if err := o.nameFree(ctx, name); err != nil {
		return "", err
	}
	return o.invite(ctx, Invitation{Name: name, Roles: roles, By: by})
}

// InviteAgain makes an invitation for somebody who is there already and has no way in
// any more.
func (o Office) InviteAgain(ctx context.Context, id, by string) (token string, err error) {
	p, err := o.Person(ctx, id)
	if err != nil {
		return "", err
	}
	return o.invite(ctx, Invitation{Name: p.Name, Roles: p.Roles, By: by, Person: id})
}

func (o Office) invite(ctx context.Context, i Invitation) (token string, err error) {
	token = rand.Text()
	i.Mark, i.Until = MarkOf(token), time.Now().Add(InvitationLife).UTC()
	return token, o.Store.Invite(ctx, i)
}

// Invited finds the invitation of a token, if it is good.
func (o Office) Invited(ctx context.Context, token string) (Invitation, error) {
	i, err := o.Invitation(ctx, MarkOf(token))
	if err == nil && time.Now().After(i.Until) {
		err = ErrNone
	}
	return i, err
}

// Way is how somebody shows who they are: a passkey, or a login.
type Way struct {
	Passkey *Passkey
	Login   string
}

// Accept takes an invitation's token for a person with a way in.
func (o Office) Accept(ctx context.Context, token string, by Way) (p Person, err error) {
	i, err := o.Invited(ctx, token)
	if err != nil {
		return p, err
	}
	if err := o.wayFree(ctx, by, i.Person); err != nil {
		return p, err
	}
	if i.Person == "" {
		if err := o.nameFree(ctx, i.Name); err != nil {
			return p, err
		}
	}
	if err := o.Spend(ctx, i.Mark); err != nil {
		return p, err
	}
	if i.Person != "" {
		err := o.Change(ctx, i.Person, func(was *Person) error { by.to(was); p = *was; return nil })
		return p, err
	}
	p = Person{ID: strings.ToLower(rand.Text()), Name: i.Name, Roles: i.Roles, By: i.By, Since: time.Now().UTC()}
	by.to(&p)
	return p, o.Add(ctx, p)
}

// to gives a person the way in.
func (w Way) to(p *Person) {
	if w.Passkey != nil {
		p.Passkeys = append(p.Passkeys, *w.Passkey)
	}
	if w.Login != "" {
		p.Login = w.Login
	}
}

// AddPasskey gives somebody another passkey.
func (o Office) AddPasskey(ctx context.Context, id string, k Passkey) error {
	if err := o.wayFree(ctx, Way{Passkey: &k}, id); err != nil {
		return err
	}
	return o.Change(ctx, id, func(p *Person) error {
		if !p.Holds(k.Key) {
			p.Passkeys = append(p.Passkeys, k)
		}
		return nil
	})
}

// nameFree returns an error if somebody has a name, or one that people can take for it.
func (o Office) nameFree(ctx context.Context, name string) error {
	if err := approval.CheckName(name); err != nil {
		return err
	}
	list, err := o.People(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p Person) bool { return approval.SamePerson(p.Name, name) })
	if i >= 0 {
		return &NameTaken{Name: list[i].Name}
	}
	return nil
}

// wayFree returns an error if a way in is somebody else's already.
func (o Office) wayFree(ctx context.Context, w Way, but string) error {
	list, err := o.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID == but {
			continue
		}
		if w.Login != "" && p.Login == w.Login || w.Passkey != nil && p.Holds(w.Passkey.Key) {
			return &WayTaken{Name: p.Name}
		}
	}
	return nil
}

// ByLogin finds who has a login.
func (o Office) ByLogin(ctx context.Context, login string) (Person, error) {
	return o.first(ctx, func(p Person) bool { return login != "" && p.Login == login })
}

// ByPasskey finds whose a passkey is, by its id.
func (o Office) ByPasskey(ctx context.Context, id []byte) (p Person, k Passkey, err error) {
	p, err = o.first(ctx, func(p Person) (ok bool) {
		k, ok = p.passkey(id)
		return ok && len(id) > 0
	})
	return p, k, err
}

func (o Office) first(ctx context.Context, is func(Person) bool) (Person, error) {
	list, err := o.People(ctx)
	if err != nil {
		return Person{}, err
	}
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], nil
	}
	return Person{}, ErrNone
}

// LogIn begins a session, and returns the token for the browser's cookie.
func (o Office) LogIn(ctx context.Context, p Person) (token string, err error) {
	token = rand.Text()
	now := time.Now()
	if err := o.Sweep(ctx, now.Add(-o.most()), now.Add(-o.idle()), now); err != nil {
		return "", err
	}
	return token, o.Begin(ctx, Session{Mark: MarkOf(token), Person: p.ID, Begun: now.UTC(), Seen: now})
}

// LogOut ends the session of a token.
func (o Office) LogOut(ctx context.Context, token string) error {
	if err := o.End(ctx, MarkOf(token)); !errors.Is(err, ErrNone) {
		return err
	}
	return nil
}

// Who is whose session a token is of.
func (o Office) Who(ctx context.Context, token string) (Person, error) {
	if token == "" {
		return Person{}, ErrNone
	}
	s, err := o.Session(ctx, MarkOf(token))
	if err != nil {
		return Person{}, err
	}
	now := time.Now()
	if now.Sub(s.Begun) > o.most() || now.Sub(s.Seen) > o.idle() {
		return Person{}, errors.Join(ErrNone, o.End(ctx, s.Mark))
	}
	p, err := o.Person(ctx, s.Person)
	if err != nil {
		return Person{}, err
	}
	if now.Sub(s.Seen) >= min(seenEvery, o.idle()/4) {
		if err := o.Seen(ctx, s.Mark, now); err != nil {
			return Person{}, err
		}
	}
	return p, nil
}

// SetRoles gives a person other roles.
func (o Office) SetRoles(ctx context.Context, id string, roles []Role) error {
	if err := CheckRoles(roles); err != nil {
		return err
	}
	if !slices.Contains(roles, Admin) {
		if err := o.notLastAdmin(ctx, id); err != nil {
			return err
		}
	}
	return o.Change(ctx, id, func(p *Person) error { p.Roles = roles; return nil })
}

// Dismiss removes a person, whose sessions end.
func (o Office) Dismiss(ctx context.Context, id string) error {
	if err := o.notLastAdmin(ctx, id); err != nil {
		return err
	}
	return o.Remove(ctx, id)
}

// notLastAdmin returns an error if nobody else could invite people.
func (o Office) notLastAdmin(ctx context.Context, id string) error {
	list, err := o.People(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(p Person) bool { return p.ID != id && p.May(Admin) }) {
		return nil
	}
	if !slices.ContainsFunc(list, func(p Person) bool { return p.ID == id && p.May(Admin) }) {
		return nil
	}
	return &LastAdmin{}
}

// NameTaken says that somebody has a name already, or one that looks like it.
type NameTaken struct{ Name string }

func (e *NameTaken) Error() string { return e.Message().String() }

// Message names who has it.
func (e *NameTaken) Message() lang.Message {
	return lang.Msg("there is %s already, and people could take the two for one", e.Name)
}

// WayTaken says that a passkey or a login is somebody's already.
type WayTaken struct{ Name string }

func (e *WayTaken) Error() string { return e.Message().String() }

// Message names who has it.
func (e *WayTaken) Message() lang.Message {
	return lang.Msg("%s comes in with this already", e.Name)
}

// LastAdmin says that nobody could invite people any more.
type LastAdmin struct{}

func (e *LastAdmin) Error() string { return e.Message().String() }

// Message says so.
func (*LastAdmin) Message() lang.Message {
	return lang.Msg("this is the only admin: make somebody else an admin first")
}
