package lang

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// system says an error of the operating system, of the network or of the standard
// library by a sentence of ours, with the system's own words behind where they tell
// more. ok is false for any other error.
func system(err error) (m Message, ok bool) {
	for _, known := range []func(error) (Message, bool){network, file, syntax} {
		if m, ok = known(err); ok {
			break
		}
	}
	if ok && !outermost(err) {
		return Msg("%s (%s)", m, err.Error()), true // somebody else put words around it
	}
	return m, ok
}

// outermost tells whether nobody put words around an error of the system.
func outermost(err error) bool {
	switch err.(type) { //nolint:errorlint // the error itself is asked about
	case *fs.PathError, *os.LinkError, *os.SyscallError, syscall.Errno, *exec.Error:
		return true
	}
	return ofNetwork(err) || ofSyntax(err) || errors.Unwrap(err) == nil
}

// file says an error of the file system.
func file(err error) (Message, bool) {
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return Msg("the program %s cannot be started (%s)", e.Name, innermost(e)), true
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fault(e.Err).of(e.Path, e.Err), true
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return Msg("%s cannot become %s: %s", e.Old, e.New, fault(e.Err).of(e.New, e.Err)), true
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		return Msg("the system refuses it (%s)", e.Error()), true
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Msg("it ends too early"), true
	}
	return Message{}, false
}

// trouble is what is wrong with a file.
type trouble int

const (
	otherTrouble trouble = iota
	missing
	forbidden
	existing
	folder
	noFolder
	notEmpty
	fullDisk
	readOnly
	inUse
	tooMany
	badName
	broken
)

// fault tells what is wrong by an error without its path.
func fault(err error) trouble {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing
	case errors.Is(err, fs.ErrPermission):
		return forbidden
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		if t, known := troubles()[number]; known {
			return t
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return existing
	}
	return otherTrouble
}

// of says the trouble with a file.
func (t trouble) of(path string, err error) Message {
	switch t {
	case missing:
		if filepath.Base(path) == path {
			return Msg("there is no file %s in this folder", path)
		}
		return Msg("there is no file %s in the folder %s", filepath.Base(path), filepath.Dir(path))
	case forbidden:
		return Msg("the system does not let you use %s", path)
	case existing:
		return Msg("%s exists already", path)
	case folder:
		return Msg("%s is a folder, not a file", path)
	case noFolder:
		return Msg("a part of the path %s is a file, not a folder", path)
	case notEmpty:
		return Msg("the folder %s is not empty", path)
	case fullDisk:
		return Msg("the disk is full: %s cannot be written (%s)", path, innermost(err))
	case readOnly:
		return Msg("the disk is read-only: %s cannot be written", path)
	case inUse:
		return Msg("another program has %s open, Excel perhaps: close it there", path)
	case tooMany:
		return Msg("too many files are open: %s cannot be opened", path)
	case badName:
		return Msg("the system does not accept the name %s (%s)", path, innermost(err))
	case broken:
		return Msg("the disk failed at %s (%s)", path, innermost(err))
	}
	return Msg("%s cannot be used (%s)", path, innermost(err))
}

// innermost returns the system's own words, without those of the functions that
// passed them on.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
