// Package fault says why a file cannot be read, and what reading one may cost.
// The readers of payrolls, of statements and of workbooks share it.
package fault

import (
	"cmp"
	"errors"

	"flexybatch/batch"
)

// Why a file as a whole cannot be read. Every error of a reader that is about the
// file is an *Error that wraps one of these, or the error of the operating
// system.
var (
	ErrKind     = batch.Errorf("not a CSV file or an XLSX workbook")
	ErrEmpty    = batch.Errorf("nothing in it")
	ErrDamaged  = batch.Errorf("damaged")
	ErrLimit    = batch.Errorf("beyond a limit")
	ErrPassword = batch.Errorf("password needed or wrong")
	ErrNoPhone  = batch.Errorf("no phone column")
	ErrColumns  = batch.Errorf("the columns are not clear")
	ErrSheets   = batch.Errorf("the sheet is not clear")
	ErrEncoding = batch.Errorf("--encoding does not fit the file")
	ErrMap      = batch.Errorf("--map does not fit the file")
	ErrPlan     = batch.Errorf("--plan does not fit the catalogue")

	// ErrMerged is an ErrColumns that Options.SpreadMerged answers.
	ErrMerged = errors.Join(batch.Errorf("cells are merged"), ErrColumns)

	// ErrReport is an ErrColumns of a file that flexybatch wrote itself.
	ErrReport = errors.Join(batch.Errorf("a report of flexybatch"), ErrColumns)
)

// Error is why a file cannot be read: where, what is wrong there, and what
// mends it. The fields that do not apply are zero.
type Error struct {
	File   string        // base name
	Part   string        // the part of the workbook that is damaged
	Sheet  string        // the sheet
	Row    int           // the line of the file, or the row of the sheet
	Column string        // the column as the file names it, or its letter
	Value  string        // what stands there
	What   batch.Message // what is wrong
	Do     batch.Message // what to do
	List   []string      // what there is to choose from: sheets, or headers
	Err    error         // one of the Err values above, or an error from below

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

// Error returns all of it on one line, in English.
func (e *Error) Error() string { return e.message().String() }

// Parts returns the message that the error is, for whoever says it in a language.
func (e *Error) Parts() (format, many string, n int, args []any) { return e.message().Parts() }

// message puts the place in front, and what to do behind.
func (e *Error) message() batch.Message {
	what := e.What
	if list := quoted(e.List); len(list) > 0 {
		what = batch.Msg("%s: %s", what, list)
	}
	if !e.Do.IsZero() {
		what = batch.Msg("%s; %s", what, e.Do)
	}
	if place := e.place(); len(place) > 0 {
		return batch.Msg("%s: %s", place, what)
	}
	return what
}

// place returns where it is, as far as that is known.
func (e *Error) place() (place []batch.Message) {
	at := func(known bool, m batch.Message) {
		if known {
			place = append(place, m)
		}
	}
	at(e.File != "", batch.Literal(e.File))
	at(e.Part != "", batch.Msg("part %s", e.Part))
	at(e.Sheet != "", batch.Msg("sheet %q", e.Sheet))
	at(e.Row > 0, batch.Msg("row %d", e.Row))
	at(e.Column != "", batch.Msg("column %q", e.Column))
	at(e.Value != "", batch.Msg("value %q", Shorten(e.Value)))
	return place
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
func quoted(names []string) (list []batch.Message) {
	const most = 40
	for _, n := range names {
		if n != "" && len(list) < most {
			list = append(list, batch.Msg("%q", Shorten(n)))
		}
	}
	return list
}

// AsXLSX is the remedy for whatever a spreadsheet program can open.
var AsXLSX = batch.Msg(`open it in a spreadsheet program and save it as "Excel Workbook (.xlsx)" or "CSV UTF-8"`)

// NotOurs returns the error for a file of another kind, with what to do instead.
func NotOurs(name, do batch.Message) error {
	return &Error{What: batch.Msg("is %s, not a CSV file or an XLSX workbook", name), Do: do, Err: ErrKind}
}
