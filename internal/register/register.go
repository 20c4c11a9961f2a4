// Package register remembers where the journals of this user are. Each run of a
// batch notes its journal in one file of the user's state folder, so that a later
// batch can be compared with all earlier ones, wherever they lie: the same rows may
// have been paid under another name in another folder.
//
// The register is a witness and no book. It may be incomplete or lost: journals were
// begun on another machine, or the folder was cleaned up. Money must not depend on
// it alone.
//
// # The file
//
// The file holds a JSON object a line and is only ever appended to, a line in one
// write, so that several processes may note at once without a lock. A line that
// cannot be read is skipped and counted. A line cut short by a crash is skipped too,
// and the next line begins on a new one.
//
// # Which journal is meant
//
// A journal is known by the random id in its first line, and only without one by its
// path. So a journal that was moved and run again is one entry, and a new journal at
// the path of an archived one is another.
//
// Simulated runs are not entered, and nothing is compared with them.
package register

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"flexybatch/batch"
)

// fileName is the register's, in the user's state folder.
const fileName = "register.jsonl"

// Register is the register in one folder. It holds no open file.
type Register struct{ path string }

// Open returns the register in a folder. It makes nothing: the folder and the file
// are made by the first Note, so a program that only looks leaves no trace.
func Open(dir string) (*Register, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, batch.Errorf("the register of batches: %w", err)
	}
	return &Register{filepath.Join(dir, fileName)}, nil
}

// Entry is a journal in the register.
type Entry struct {
	Journal string        // its path, absolute
	Batch   string        // the batch's name
	Account batch.Account // host, username and type
	SHA256  string        // of the input, hex

	// What follows is set by Entries.
	FirstSeen time.Time // when the journal was first noted
	LastRun   time.Time // and when last
	Missing   bool      // no journal is there any more, or another one, or it cannot be reached

	id    string // of the journal
	order int    // of its first line in the register
}

// Note enters a run of a batch. The journal must exist already. A simulated run is
// not entered.
func (r *Register) Note(e Entry) error {
	if e.Account.Type == batch.Simulated {
		return nil
	}
	text, err := json.Marshal(newLine(e, time.Now()))
	if err == nil {
		err = r.append(append(text, '\n'))
	}
	if err != nil {
		return batch.Errorf("the register of batches: %w", err)
	}
	return nil
}

// append appends text in one write, on a line of its own. It makes the folder if
// need be.
func (r *Register) append(text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if last := make([]byte, 1); size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' { // the line before was cut short
			text = append([]byte{'\n'}, text...)
		}
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}
