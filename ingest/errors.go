package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Why a file as a whole cannot be read. Every error of Read that is about the
// file is a *FileError that wraps one of these, or the error of the operating
// system.
var (
	ErrKind     = errors.New("not a CSV file or an XLSX workbook")
	ErrEmpty    = errors.New("nothing in it")
	ErrDamaged  = errors.New("damaged")
	ErrLimit    = errors.New("beyond a limit")
	ErrPassword = errors.New("password needed or wrong")
	ErrNoPhone  = errors.New("no phone column")
	ErrColumns  = errors.New("the columns are not clear")
	ErrSheets   = errors.New("the sheet is not clear")
	ErrEncoding = errors.New("--encoding does not fit the file")
	ErrMap      = errors.New("--map does not fit the file")
	ErrPlan     = errors.New("--plan does not fit the catalogue")
)

// FileError is why a file cannot be read: where, what is wrong there, and what
// mends it. The fields that do not apply are zero.
type FileError struct {
	File   string   // base name
	Part   string   // the part of the workbook that is damaged
	Sheet  string   // the sheet
	Row    int      // the line of the file, or the row of the sheet
	Column string   // the column as the file names it, or its letter
	Value  string   // what stands there
	What   string   // what is wrong
	Do     string   // what to do
	List   []string // what there is to choose from: sheets, or headers
	Err    error    // one of the Err values above, or an error from below
}

// Error says all of it on one line.
func (e *FileError) Error() string {
	where := []string{e.File}
	at := func(there bool, format string, value any) {
		if there {
			where = append(where, fmt.Sprintf(format, value))
		}
	}
	at(e.Part != "", "part %s", e.Part)
	at(e.Sheet != "", "sheet %q", e.Sheet)
	at(e.Row > 0, "row %d", e.Row)
	at(e.Column != "", "column %q", e.Column)
	at(e.Value != "", "value %q", shorten(e.Value))
	s := strings.Join(where, ", ") + ": " + e.What
	if len(e.List) > 0 {
		s += ": " + quoted(e.List)
	}
	if e.Do != "" {
		s += "; " + e.Do
	}
	return s
}

// Unwrap is the reason, for errors.Is.
func (e *FileError) Unwrap() error { return e.Err }

// located fills in where an error made further down happened.
func located(err error, file, sheet string) error {
	if e, ok := errors.AsType[*FileError](err); ok {
		e.File, e.Sheet = cmp.Or(e.File, file), cmp.Or(e.Sheet, sheet)
	}
	return err
}

// onRow fills in the row of an error about a header.
func onRow(err error, row int) error {
	if e, ok := errors.AsType[*FileError](err); ok {
		e.Row = row
	}
	return err
}

// shorten keeps what a message shows of a value within a line.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// quoted lists names for people. The unnamed are left out; of many, the first.
func quoted(names []string) string {
	const most = 40
	var list []string
	for _, n := range names {
		if n != "" && len(list) < most {
			list = append(list, fmt.Sprintf("%q", shorten(n)))
		}
	}
	return strings.Join(list, ", ")
}
