package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// CheckPath returns why a path cannot name a file of rows, whatever is in it: it is a
// folder, a pipe, or what a spreadsheet program keeps beside an open file. What is not
// there is left to Read.
func CheckPath(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // Read tells
	}
	return fileOfRows(filepath.Base(path), info)
}

func fileOfRows(name string, info os.FileInfo) error {
	switch {
	case info.IsDir():
		return &FileError{File: name, What: batch.Msg("is a folder"), Do: batch.Msg("name the file in it"), Err: ErrKind}
	case !info.Mode().IsRegular(): // a pipe can be read only once, and has no name
		return &FileError{File: name, What: batch.Msg("is no file on a disk"), Do: batch.Msg("save what it gives as a file, and name that"), Err: ErrKind}
	}
	if locked, ok := lockOf(name); ok && info.Size() <= lockBytes {
		return &FileError{File: name, What: batch.Msg("is no spreadsheet, but what a spreadsheet program keeps beside one that is open"), Do: batch.Msg("close the spreadsheet there, and give the file %s", locked), Err: ErrKind}
	}
	return nil
}

// lockBytes is more than any lock has, and less than a workbook.
const lockBytes = 512

// lockOf returns the file that a spreadsheet program keeps open, by the name of its lock
// beside it: "~$paie.xlsx" of Excel, and ".~lock.paie.ods#" of LibreOffice.
func lockOf(name string) (file string, ok bool) {
	if file, ok := strings.CutPrefix(name, "~$"); ok {
		return file, true
	}
	file, ok = strings.CutPrefix(name, ".~lock.")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(file, "#")
}

// readFile reads the whole file, once: what is hashed is what is parsed, also when
// someone saves the file again meanwhile.
func readFile(path string, limit int) (content string, err error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return "", &FileError{File: name, What: unopened(err), Do: batch.Msg("check the name, and close the file where it is open in another program"), Err: err}
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err == nil {
		if err := fileOfRows(name, info); err != nil {
			return "", err
		}
	}
	var b strings.Builder // a text of its own: what is cut from it need not be copied
	if err == nil && info.Mode().IsRegular() && info.Size() <= int64(limit) {
		b.Grow(int(info.Size()))
	}
	n, err := io.Copy(&b, io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return "", &FileError{File: name, What: batch.Msg("cannot be read: %v", cause(err)), Do: batch.Msg("try again, or copy the file to another disk"), Err: err}
	}
	if n > int64(limit) {
		return "", &FileError{File: name, What: batch.Msg("is larger than %d MiB", limit>>20), Do: batch.Msg("split it into several files, or raise the limit: %s", fault.Raise("file-bytes", limit)), Err: ErrLimit}
	}
	return b.String(), nil
}

// digest returns the SHA-256 of content in hex.
func digest(content string) string {
	sum := sha256.New()
	var part [32 << 10]byte // no second copy of the whole
	for content != "" {
		n := copy(part[:], content)
		sum.Write(part[:n])
		content = content[n:]
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// unopened says why a file cannot be opened.
func unopened(err error) batch.Message {
	if errors.Is(err, fs.ErrNotExist) {
		return batch.Msg("there is no such file (%v)", cause(err))
	}
	return batch.Msg("cannot be opened: %v", cause(err))
}

// cause returns the system's own reason, without the path that the message names
// already.
func cause(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}
