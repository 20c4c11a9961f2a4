// Package fault says why a file cannot be read, and what reading one may cost.
// The readers of payrolls, of statements and of workbooks share it.
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Why a file as a whole cannot be read. Every error of a reader that is about the
// file is an *Error that wraps one of these, or the error of the operating
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

	// ErrMerged is an ErrColumns that Options.SpreadMerged answers.
	ErrMerged = errors.Join(errors.New("cells are merged"), ErrColumns)

	// ErrReport is an ErrColumns of a file that flexybatch wrote itself.
	ErrReport = errors.Join(errors.New("a report of flexybatch"), ErrColumns)
)

// Error is why a file cannot be read: where, what is wrong there, and what
// mends it. The fields that do not apply are zero.
type Error struct {
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

	// Field and Choices are the error as a question: which of these columns is the
	// field? Whoever can ask reads the file again with the answer in Options.Map.
	Field   string // phone, plan, amount or id
	Choices []Choice
}

// Choice is a column that may be the one that is meant.
type Choice struct {
	Header   string   // as the file writes it; empty where it has none
	Letter   string   // by which Options.Map knows it
	Examples []string // what stands in it, as far as it was looked at
}

// Error returns all of it on one line.
func (e *Error) Error() string {
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
	at(e.Value != "", "value %q", Shorten(e.Value))
	s := strings.Join(where, ", ") + ": " + e.What
	if len(e.List) > 0 {
		s += ": " + quoted(e.List)
	}
	if e.Do != "" {
		s += "; " + e.Do
	}
	return s
}

// Unwrap returns the reason, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Located fills in where an error made further down happened.
func Located(err error, file, sheet string) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.File, e.Sheet = cmp.Or(e.File, file), cmp.Or(e.Sheet, sheet)
	}
	return err
}

// OnRow fills in the row of an error about a header.
func OnRow(err error, row int) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Row = row
	}
	return err
}

// Shorten cuts what a message shows of a value to less than a line.
func Shorten(s string) string {
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
			list = append(list, fmt.Sprintf("%q", Shorten(n)))
		}
	}
	return strings.Join(list, ", ")
}

// AsXLSX is the remedy for whatever a spreadsheet program can open.
const AsXLSX = `open it in a spreadsheet program and save it as "Excel Workbook (.xlsx)" or "CSV UTF-8"`

// NotOurs returns the error for a file of another kind, with what to do instead.
func NotOurs(name, do string) error {
	return &Error{What: fmt.Sprintf("is %s, not a CSV file or an XLSX workbook", name), Do: do, Err: ErrKind}
}
