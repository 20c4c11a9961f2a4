package ingest

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/ingest/fault"
)

// ErrStatement is why a statement cannot be read where a row of it does not say
// what it must, or says it in a way that can be read in two.
var ErrStatement = batch.Errorf("the statement is not clear")

// ReadStatement reads the transactions of an account that were exported by hand,
// as CSV or XLSX. It lists no top-ups. The columns are known by their names,
// English or French, and by the API's own.
//
// The file is read by the readers that read a payroll, and is held to what they
// promise: one that is cut short, damaged or doubtful is an error that names the
// place, and never a shorter statement. Errors are those of Read, and ErrStatement.
func ReadStatement(ctx context.Context, path string) (reconcile.Statement, error) {
	limits := Limits{}.OrDefault()
	content, err := readFile(path, limits.FileBytes)
	if err != nil {
		return reconcile.Statement{}, withoutFlags(err)
	}
	movements, err := readStatement(ctx, content, limits)
	if err != nil {
		return reconcile.Statement{}, withoutFlags(fault.Located(err, filepath.Base(path), ""))
	}
	return reconcile.Statement{Movements: movements}, nil
}

// withoutFlags replaces advice that names a flag: those of the commands that read
// payrolls are not those of reconcile.
func withoutFlags(err error) error {
	e, ok := errors.AsType[*FileError](err)
	switch {
	case !ok:
	case errors.Is(err, ErrLimit):
		e.Do = batch.Msg("export a shorter span")
	case strings.Contains(e.Do.String(), "--limit"):
		e.Do = batch.Msg(`look for a quote (") that is opened there and never closed`)
	case strings.Contains(e.Do.String(), "--encoding"):
		e.Do = asUTF8
	}
	return err
}

// readStatement reads the content of a statement's file.
func readStatement(ctx context.Context, content string, l Limits) ([]reconcile.Movement, error) {
	kind, err := kindOf(content)
	if err != nil {
		return nil, err
	}
	var rows []statementRow
	switch kind {
	case kindText:
		rows, err = statementCSV(ctx, content, l)
	case kindWorkbook:
		rows, err = statementSheet(ctx, content, l)
	case kindEncrypted:
		err = &FileError{What: batch.Msg("the workbook is under a password"), Do: batch.Msg("save it without the password"), Err: ErrPassword}
	}
	if err != nil {
		return nil, err
	}
	return movements(rows)
}
