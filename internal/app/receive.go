package app

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"flexybatch/internal/lang"
)

// Given is a file that a person gives for a batch.
type Given struct {
	Name string // the name that the file has with the person; no path is made of it
	Who  string
	From io.Reader
}

// NewDraft takes a file in as the first version of a new batch. The batch is named
// after the file, with a number behind it where the folder has one of that name.
func (f Folder) NewDraft(g Given) (*Draft, error) {
	if err := makeFolder(f.Path); err != nil {
		return nil, err
	}
	name, err := f.free(NameFor(g.Name))
	if err != nil {
		return nil, err
	}
	d := &Draft{Name: name}
	if err := f.receive(d, g); err != nil {
		return nil, errors.Join(err, os.RemoveAll(f.input(name)))
	}
	return d, nil
}

// AddVersion takes a corrected file in for a draft.
func (f Folder) AddVersion(d *Draft, g Given) error { return f.receive(d, g) }

// Same finds a draft of which nothing was sent yet, and whose file is, byte for byte,
// one that is given again; empty: there is none.
func (f Folder) Same(sha256, but string) (name string, err error) {
	list, err := f.Batches()
	if err != nil {
		return "", err
	}
	for _, b := range list {
		if b.Begun || b.Name == but {
			continue
		}
		if d, err := f.Draft(b.Name); err == nil && d.Current().SHA256 == sha256 {
			return b.Name, nil
		}
	}
	return "", nil
}

// Join takes the file of a draft for the next version of another batch's, and forgets
// the draft.
func (f Folder) Join(d, to *Draft) error {
	if f.Begun(d.Name) {
		return &AlreadyBegun{Name: d.Name}
	}
	v := d.Current()
	from, err := os.Open(f.file(d, v))
	if err != nil {
		return nothing(err)
	}
	err = f.receive(to, Given{Name: v.Given, Who: v.Who, From: from})
	if err = errors.Join(err, from.Close()); err != nil {
		return nothing(err)
	}
	return f.Discard(d)
}

// Discard forgets a draft of which nothing was ever sent.
func (f Folder) Discard(d *Draft) error {
	if f.Begun(d.Name) {
		return &AlreadyBegun{Name: d.Name}
	}
	if err := os.RemoveAll(f.input(d.Name)); err != nil {
		return nothing(err)
	}
	return nil
}

// free is the name, or the first with a number behind it that no batch has yet. Its
// folder is made at once, so that two files that come at the same time get two names.
func (f Folder) free(name string) (string, error) {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s-%d", name, n)
		}
		taken, err := f.taken(try)
		switch {
		case err != nil:
			return "", err
		case taken:
			continue
		}
		err = os.Mkdir(f.input(try), 0o700)
		switch {
		case err == nil:
			return try, nil
		case !errors.Is(err, os.ErrExist):
			return "", nothing(err)
		}
	}
}

// taken tells whether a batch has a name, be it one that was begun or one elsewhere.
func (f Folder) taken(name string) (bool, error) {
	if f.Begun(name) {
		return true, nil
	}
	if f.Taken == nil {
		return false, nil
	}
	taken, err := f.Taken(name)
	if err != nil {
		return false, nothing(err)
	}
	return taken, nil
}

// receive writes the next version of a draft's file.
func (f Folder) receive(d *Draft, g Given) error {
	v := FileVersion{Number: 1, Given: shownName(g.Name), Who: g.Who, At: time.Now().UTC()}
	if n := len(d.Versions); n > 0 {
		v.Number = d.Versions[n-1].Number + 1
	}
	from := bufio.NewReaderSize(g.From, 64<<10)
	head, err := from.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nothing(err)
	}
	if len(head) == 0 {
		return &EmptyFile{Given: v.Given}
	}
	v.File = d.Name + extension(head)
	folder := filepath.Join(f.input(d.Name), fmt.Sprint(v.Number))
	if err := makeFolder(folder); err != nil {
		return err
	}
	v.SHA256, err = writeWhole(filepath.Join(folder, v.File), from)
	if err != nil {
		return errors.Join(nothing(err), os.RemoveAll(folder))
	}
	d.Versions = append(d.Versions, v)
	return f.Keep(d)
}

// extension is what a file's name ends in, by its first bytes. Readers go by the
// content; this is for the person who finds the file.
func extension(head []byte) string {
	if bytes.HasPrefix(head, []byte("PK")) || bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) {
		return ".xlsx"
	}
	return ".csv"
}

// writeWhole writes a new file and returns the SHA-256 of what is in it.
func writeWhole(path string, from io.Reader) (sum string, err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, hash), from)
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	return hex.EncodeToString(hash.Sum(nil)), err
}

// NameFor is the name for a batch whose file has a name: the file's, without what
// says its kind, and with nothing in it that a file's name may not have.
func NameFor(file string) string {
	name := shownName(file)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	for strings.HasSuffix(name, checkSuffix) { // a check that was mended is the same payroll
		name = strings.TrimSuffix(name, checkSuffix)
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|#%&'`, r) || unicode.IsControl(r) || !unicode.IsPrint(r) {
			return '-'
		}
		return r
	}, norm.NFC.String(name))
	name = strings.Trim(name, " .-")
	for len(name) > 60 {
		r := []rune(name)
		name = strings.TrimSpace(string(r[:len(r)-1]))
	}
	if name == "" || !badName(name).IsZero() {
		return "batch"
	}
	return name
}

// shownName is the last part of a name that somebody's browser sent, whatever system
// it runs on.
func shownName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToValidUTF8(name, "\ufffd")
}

// EmptyFile says that a file that was given has nothing in it.
type EmptyFile struct {
	wrongUse
	Given string
}

func (e *EmptyFile) Error() string { return e.Message().String() }

// Message names the file.
func (e *EmptyFile) Message() lang.Message { return lang.Msg("the file %q is empty", e.Given) }

// AlreadyBegun says that something of a batch may have been sent, so that it stays.
type AlreadyBegun struct {
	wrongUse
	Name string
}

func (e *AlreadyBegun) Error() string { return e.Message().String() }

// Message names the batch.
func (e *AlreadyBegun) Message() lang.Message {
	return lang.Msg("the batch %q was begun, and stays", e.Name)
}
