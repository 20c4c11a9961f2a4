package secret

import (
	"errors"
	"io"
	"os"

	"flexybatch/internal/lang"
)

// MaxSize is how long a key, a passphrase or a file of them may be.
const MaxSize = 64 << 10

// ReadFile reads a file that its owner alone may read. If others may, the error is
// an *Exposed.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = checkUnreadable(f)
	var b []byte
	if err == nil {
		b, err = io.ReadAll(io.LimitReader(f, MaxSize))
	}
	return b, errors.Join(err, f.Close())
}

// WriteNew writes a file that must not be there yet. A private one is closed to
// others before anything is in it.
func WriteNew(path string, b []byte, private bool) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if private {
		err = closeToOthers(f)
	}
	if err == nil {
		_, err = f.Write(b)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// CheckUnwritable returns an *Exposed if others than the owner may write a file,
// which decides where money and key go.
func CheckUnwritable(f *os.File) error { return check(f, toWrite) }

// checkUnreadable returns an *Exposed if others than the owner may read a file.
func checkUnreadable(f *os.File) error { return check(f, toRead) }

func check(f *os.File, what access) error {
	open, err := othersMay(f, what)
	if err == nil && open {
		err = &Exposed{f.Name(), what}
	}
	return err
}

// access is what others may do with a file.
type access int

const (
	toRead access = iota
	toWrite
)

// Exposed is the error of a file that others than its owner have access to.
type Exposed struct {
	Path   string
	access access
}

func (e *Exposed) Error() string { return e.Message().String() }

// Message says what is wrong, and the command that mends it.
func (e *Exposed) Message() lang.Message {
	command := closing(e.Path, e.access)
	if e.access == toWrite {
		return lang.Msg("others can write %s, which decides where money and key go; close it to them first: %s", e.Path, command)
	}
	return lang.Msg("others can read %s, which holds a secret; close it to them first: %s", e.Path, command)
}
