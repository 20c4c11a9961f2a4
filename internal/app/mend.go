package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// CellMend is a cell that a person wants to change, and what they saw in it.
type CellMend struct {
	Row    int // as the user sees it
	Column int // of the header, counted from 0
	Old    string
	New    string
}

// MendCells changes cells of a draft's file, which becomes a new version of it. Nothing
// else of the file changes, or the mend is refused. What people have approved is
// mended no more.
func (a *App) MendCells(ctx context.Context, f Folder, d *Draft, from Catalogue, who string, mends []CellMend) error {
	if len(mends) == 0 {
		return nil
	}
	if err := f.mayMend(d, mends); err != nil {
		return err
	}
	plans, err := a.Plans(ctx, from)
	if err != nil {
		return err
	}
	path := f.file(d, d.Current())
	before, err := d.read(ctx, path, plans)
	if err != nil {
		return err
	}
	told, changes, err := mendsOf(before, mends)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := ingest.SetCells(ctx, path, d.Reading().Options, changes, &b); err != nil {
		return nothing(err)
	}
	next := *d
	if next.Choices.Encoding != "" {
		next.Choices.Encoding = "utf-8"
	}
	if err := f.receive(&next, Given{Name: mendedName(d.Current().Given, before), Who: who, From: &b}); err != nil {
		return err
	}
	at := len(next.Versions) - 1
	after, err := next.read(ctx, f.file(&next, next.Versions[at]), plans)
	if err == nil {
		err = onlyMended(before, after, mends)
	}
	if err != nil {
		return f.takeBack(d, err)
	}
	next.Versions[at].Mends = told
	*d = next
	return f.Keep(d)
}

// mendedName is the name of a mended file: an OpenDocument becomes a workbook of Excel.
func mendedName(given string, in *ingest.Input) string {
	if in.Format.String() != ingest.FormatODS {
		return given
	}
	return strings.TrimSuffix(given, filepath.Ext(given)) + ".xlsx"
}

// takeBack keeps a draft as it was before a version that is no good.
func (f Folder) takeBack(d *Draft, why error) error {
	if err := f.Keep(d); err != nil {
		return err
	}
	return why
}

// read reads the rows of a draft's file.
func (d *Draft) read(ctx context.Context, path string, plans batch.Catalogue) (*ingest.Input, error) {
	r := d.Reading()
	return r.read(ctx, path, d.Name, plans)
}

// mayMend refuses to change what people have approved.
func (f Folder) mayMend(d *Draft, mends []CellMend) error {
	at, err := f.Place(d.Name).Locate()
	if err != nil {
		return err
	}
	if !fileExists(at.Request()) {
		return nil
	}
	request, err := ReadRequest(at.Request())
	if err != nil || request.Request.SHA256 != d.Current().SHA256 || len(request.Approvals) == 0 {
		return nil //nolint:nilerr // one that cannot be read approves nothing
	}
	e := &ApprovedAlready{}
	for _, a := range request.Approvals {
		e.Approvers = append(e.Approvers, a.Approver)
	}
	for _, m := range mends {
		e.Rows = append(e.Rows, m.Row)
	}
	return e
}

// mendsOf finds the cells that are to be changed. A cell that holds something else
// than the person saw is not changed.
func mendsOf(in *ingest.Input, mends []CellMend) (told []Mend, changes []ingest.CellChange, err error) {
	rows := map[int]*batch.Row{}
	for i := range in.Rows {
		rows[in.Rows[i].Number] = &in.Rows[i]
	}
	for _, m := range mends {
		row := rows[m.Row]
		if row == nil || m.Column < 0 || m.Column >= len(in.Header) || strings.TrimSpace(row.Cells.At(m.Column)) != strings.TrimSpace(m.Old) {
			return nil, nil, &ChangedMeanwhile{Row: m.Row}
		}
		if strings.ContainsAny(m.New, "\r\n") {
			m.New = strings.Join(strings.Fields(m.New), " ")
		}
		told = append(told, Mend{Row: m.Row, Column: in.Header[m.Column], Old: row.Cells.At(m.Column), New: m.New})
		changes = append(changes, ingest.CellChange{Row: m.Row, Column: m.Column, Text: m.New})
	}
	return told, changes, nil
}

// onlyMended makes sure that nothing but the mended cells has changed.
func onlyMended(before, after *ingest.Input, mends []CellMend) error {
	mended := map[string]string{}
	for _, m := range mends {
		mended[fmt.Sprint(m.Row, " ", m.Column)] = strings.Join(strings.Fields(m.New), " ")
	}
	rows, now := besideTotals(before, after), besideTotals(after, before)
	if len(rows) != len(now) || len(before.Header) != len(after.Header) {
		return &NotMended{}
	}
	for i, was := range rows {
		is := now[i]
		if was.Number != is.Number || was.Hidden() != is.Hidden() || was.Resent() != is.Resent() {
			return &NotMended{Row: was.Number}
		}
		if was.Cells.Equal(is.Cells) {
			if !sameVerdict(was, is) {
				return &NotMended{Row: was.Number}
			}
			continue
		}
		for c := range before.Header {
			text, ok := mended[fmt.Sprint(was.Number, " ", c)]
			if ok && strings.Join(strings.Fields(is.Cells.At(c)), " ") == text || was.Cells.At(c) == is.Cells.At(c) {
				continue
			}
			return &NotMended{Row: was.Number}
		}
	}
	return nil
}

// besideTotals are the rows of a file that are a line of a sum in no version: a sum that
// no longer fits the rows above it is a row to be mended, and the other way round.
func besideTotals(in, other *ingest.Input) (rows []*batch.Row) {
	aside := map[int]bool{}
	for _, a := range []ingest.Aside{in.Aside, other.Aside} {
		for _, total := range a.Totals {
			aside[total.Number] = true
		}
		for _, line := range a.Remarks {
			aside[line.Number] = true
		}
	}
	for i := range in.Rows {
		if !aside[in.Rows[i].Number] {
			rows = append(rows, &in.Rows[i])
		}
	}
	return rows
}

// sameVerdict tells whether a row that nobody mended still asks for the same, and breaks
// what it broke, as far as it stands by itself: what it shares with other rows may have
// changed with those.
func sameVerdict(was, is *batch.Row) bool {
	if slices.ContainsFunc(was.Problems(), byItself) != slices.ContainsFunc(is.Problems(), byItself) {
		return false
	}
	return !was.Valid() || !is.Valid() || was.Topup == is.Topup
}

// byItself tells a problem that a row has whatever other rows there are.
func byItself(p batch.Problem) bool {
	return !slices.Contains([]batch.Code{batch.DuplicateRow, batch.DuplicateID, batch.AmountCap, batch.PaidBefore, batch.IDChanged}, p.Code)
}

// ApprovedAlready says that a file is not mended, since people have approved it.
type ApprovedAlready struct {
	nothingDone
	Approvers []string
	Rows      []int
}

func (e *ApprovedAlready) Error() string { return e.Message().String() }

// Message names the people.
func (e *ApprovedAlready) Message() lang.Message {
	return lang.Msg("row %d was not changed: %s approved the file as it is. Give a corrected file, and have it approved again.", e.Rows[0], strings.Join(e.Approvers, ", "))
}

// ChangedMeanwhile says that a cell holds something else than the person saw.
type ChangedMeanwhile struct {
	nothingDone
	Row int
}

func (e *ChangedMeanwhile) Error() string { return e.Message().String() }

// Message names the row.
func (e *ChangedMeanwhile) Message() lang.Message {
	return lang.Msg("row %d was changed by somebody else meanwhile; look at it again", e.Row)
}

// NotMended says that changing a cell would have changed something else too.
type NotMended struct {
	nothingDone
	Row int
}

func (e *NotMended) Error() string { return e.Message().String() }

// Message says what to do instead.
func (*NotMended) Message() lang.Message {
	return lang.Msg("this file cannot be changed here without changing something else in it: change it in a spreadsheet program, and give it again")
}

// VersionPath is the path of a version of a draft, for those who want the file.
func (f Folder) VersionPath(d *Draft, number int) (path, name string, ok bool) {
	path, ok = f.File(d, number)
	return path, filepath.Base(path), ok
}

// fileExists tells whether there is something at a path.
func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
