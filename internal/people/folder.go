package people

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

// Folder keeps each person, session and invitation in a small file of its own, for
// their owner alone. A file is written whole or not at all, and taking one away is what
// ends a session or spends an invitation: so processes need no lock between them, but
// for changes of one person, which only the server makes.
type Folder struct {
	Path string

	change sync.Mutex
}

// The kinds of files, which begin their names.
const (
	personFile     = "person-"
	sessionFile    = "session-"
	invitationFile = "invitation-"
)

// isID reports whether an id can be part of a file's name: nothing else is.
func isID(id string) bool {
	return len(id) >= 8 && len(id) <= 64 && strings.Trim(id, idLetters) == ""
}

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// path is the file of something; empty where its id can be none.
func (f *Folder) path(kind, id string) string {
	if !isID(id) {
		return ""
	}
	return filepath.Join(f.Path, kind+id+".json")
}

// People lists the people by name.
func (f *Folder) People(context.Context) (list []Person, err error) {
	err = f.each(personFile, func(path string) error {
		var p Person
		if err := read(path, &p); err != nil && !errors.Is(err, ErrNone) {
			return err
		} else if err == nil {
			list = append(list, p)
		}
		return nil
	})
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, err
}

// Person finds a person by their id.
func (f *Folder) Person(_ context.Context, id string) (p Person, err error) {
	return p, read(f.path(personFile, id), &p)
}

// Add keeps a new person.
func (f *Folder) Add(_ context.Context, p Person) error {
	return write(f.path(personFile, p.ID), p)
}

// Change changes a person.
func (f *Folder) Change(ctx context.Context, id string, change func(*Person) error) error {
	f.change.Lock()
	defer f.change.Unlock()
	p, err := f.Person(ctx, id)
	if err == nil {
		err = change(&p)
	}
	if err != nil {
		return err
	}
	return f.Add(ctx, p)
}

// Remove removes a person, and then their sessions: without the person these are good
// for nothing already.
func (f *Folder) Remove(_ context.Context, id string) error {
	f.change.Lock()
	defer f.change.Unlock()
	if err := remove(f.path(personFile, id)); err != nil {
		return err
	}
	return f.each(sessionFile, func(path string) error {
		var s Session
		if err := read(path, &s); err != nil || s.Person != id {
			return nil //nolint:nilerr // one that cannot be read lets nobody in
		}
		return gone(remove(path))
	})
}

// Invite keeps an invitation.
func (f *Folder) Invite(_ context.Context, i Invitation) error {
	return write(f.path(invitationFile, i.Mark), i)
}

// Invitation finds an invitation.
func (f *Folder) Invitation(_ context.Context, mark string) (i Invitation, err error) {
	return i, read(f.path(invitationFile, mark), &i)
}

// Spend takes an invitation away.
func (f *Folder) Spend(_ context.Context, mark string) error {
	return remove(f.path(invitationFile, mark))
}

// Begin keeps a new session.
func (f *Folder) Begin(ctx context.Context, s Session) error {
	if err := write(f.path(sessionFile, s.Mark), s); err != nil {
		return err
	}
	return f.Seen(ctx, s.Mark, s.Seen)
}

// Session finds a session. When it was seen is its file's time.
func (f *Folder) Session(_ context.Context, mark string) (s Session, err error) {
	path := f.path(sessionFile, mark)
	if err := read(path, &s); err != nil {
		return s, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return s, none(err)
	}
	s.Seen = info.ModTime()
	return s, nil
}

// Seen notes that a session was used.
func (f *Folder) Seen(_ context.Context, mark string, at time.Time) error {
	path := f.path(sessionFile, mark)
	if path == "" {
		return ErrNone
	}
	return none(os.Chtimes(path, at, at))
}

// End ends a session.
func (f *Folder) End(_ context.Context, mark string) error {
	return remove(f.path(sessionFile, mark))
}

// Sweep forgets what is over.
func (f *Folder) Sweep(ctx context.Context, begun, seen, until time.Time) error {
	err := f.each(sessionFile, func(path string) error {
		s, err := f.Session(ctx, idOf(path, sessionFile))
		if err == nil && (s.Begun.Before(begun) || s.Seen.Before(seen)) {
			err = remove(path)
		}
		return gone(err)
	})
	if err != nil {
		return err
	}
	return f.each(invitationFile, func(path string) error {
		i, err := f.Invitation(ctx, idOf(path, invitationFile))
		if err == nil && i.Until.Before(until) {
			err = remove(path)
		}
		return gone(err)
	})
}

// idOf is the id in a file's path.
func idOf(path, kind string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), kind), ".json")
}

// each calls do for every file of a kind.
func (f *Folder) each(kind string, do func(path string) error) error {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return gone(none(err))
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), kind) {
			continue
		}
		if err := do(filepath.Join(f.Path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// read reads a file.
func read(path string, to any) error {
	if path == "" {
		return ErrNone
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return none(err)
	}
	return json.Unmarshal(b, to)
}

// write writes a file whole or not at all.
func write(path string, what any) error {
	if path == "" {
		return ErrNone
	}
	b, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // where it was not renamed
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// remove takes a file away.
func remove(path string) error {
	if path == "" {
		return ErrNone
	}
	return none(os.Remove(path))
}

// none is ErrNone for a file that is not there.
func none(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	return err
}

// gone takes it for good that somebody else has taken a file away.
func gone(err error) error {
	if errors.Is(err, ErrNone) {
		return nil
	}
	return err
}
