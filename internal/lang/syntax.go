package lang

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// placed is an error that knows where in a text it is, as one of a settings file.
type placed interface {
	error
	Position() (row, column int)
}

// ofSyntax tells whether an error itself is one of reading a text.
func ofSyntax(err error) bool {
	switch err.(type) { //nolint:errorlint // the error itself is asked about
	case *strconv.NumError, *json.SyntaxError, *json.UnmarshalTypeError, *csv.ParseError, *time.ParseError, placed:
		return true
	}
	return false
}

// syntax says an error of reading a text of some kind.
func syntax(err error) (Message, bool) {
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		return number(e), true
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return Msg("it is not JSON, from byte %d on (%s)", e.Offset, e.Error()), true
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return Msg("the JSON has something else at %q than belongs there (byte %d: %s)", e.Field, e.Offset, e.Value), true
	}
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return Msg("line %d is not as CSV is written (%s)", e.Line, innermost(e.Err)), true
	}
	if e, ok := errors.AsType[*time.ParseError](err); ok {
		return Msg("%q is not a time", e.Value), true
	}
	if e, ok := errors.AsType[placed](err); ok {
		row, column := e.Position()
		return Msg("line %d, column %d cannot be understood (%s)", row, column, e.Error()), true
	}
	switch {
	case errors.Is(err, zip.ErrFormat):
		return Msg("it is not a ZIP archive, as every workbook is"), true
	case errors.Is(err, zip.ErrChecksum):
		return Msg("it is damaged: a checksum in it is wrong"), true
	case errors.Is(err, zip.ErrAlgorithm):
		return Msg("it is packed in a way that is not known here"), true
	}
	return Message{}, false
}

// number says what is wrong with a number.
func number(e *strconv.NumError) Message {
	switch {
	case errors.Is(e.Err, strconv.ErrRange):
		return Msg("%q is too large a number", e.Num)
	case e.Func == "ParseBool":
		return Msg("%q is neither true nor false", e.Num)
	}
	return Msg("%q is not a number", e.Num)
}
