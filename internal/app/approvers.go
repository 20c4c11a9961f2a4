package app

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// Approvers reads the people whose approval counts. A file that does not exist names
// nobody.
func Approvers(path string) ([]approval.Approver, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return readApprovers(path)
}

// AddApprover adds a person to the file of those whose approval counts, which it makes
// if there is none. What stands in the file stays as it is.
func AddApprover(path string, who approval.Approver) error {
	if err := approval.CheckName(who.Name); err != nil {
		return nothing(err)
	}
	list, err := Approvers(path)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(a approval.Approver) bool { return a.Key.Equal(who.Key) }); i >= 0 {
		return &ApproverKnown{Name: list[i].Name}
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if list == nil {
		if err := secret.WriteNew(path, []byte(who.String()+"\n"), true); err != nil {
			return refusef("writing the approvers: %w", err)
		}
		return nil
	}
	return appendLine(path, who.String())
}

// appendLine adds a line to a file, on a line of its own.
func appendLine(path, line string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return refusef("writing the approvers: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = refusef("writing the approvers: %w", e)
		}
	}()
	text := []byte(line + "\n")
	last := make([]byte, 1)
	if end, err := f.Seek(-1, 2); err == nil && end >= 0 {
		if _, err := f.ReadAt(last, end); err == nil && !bytes.Equal(last, []byte("\n")) {
			text = append([]byte("\n"), text...)
		}
	}
	if _, err := f.Write(text); err != nil {
		return refusef("writing the approvers: %w", err)
	}
	return nil
}

// ApproverKnown says that a key is somebody's already.
type ApproverKnown struct {
	nothingDone
	Name string
}

func (e *ApproverKnown) Error() string { return e.Message().String() }

// Message names who has it.
func (e *ApproverKnown) Message() lang.Message {
	return lang.Msg("this key is that of %s already, and one key cannot be two people", e.Name)
}

// RemoveApprovers takes people out of the file of those whose approval counts. What else
// stands in it stays as it is.
func RemoveApprovers(path string, is func(approval.Approver) bool) error {
	list, err := Approvers(path)
	if err != nil || !slices.ContainsFunc(list, is) {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return refusef("reading the approvers: %w", err)
	}
	var kept []byte
	for line := range bytes.Lines(b) {
		if who, err := approval.ParseApprover(string(bytes.TrimSpace(line))); err == nil && is(who) {
			continue
		}
		kept = append(kept, line...)
	}
	return replaceFile(path, kept)
}
