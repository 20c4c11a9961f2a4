package console

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// mend changes cells of a file, each to what a person has typed in the page.
func (k *Console) mend(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	person, err := k.people.Who(r)
	if err != nil {
		k.refuse(w, r, http.StatusForbidden)
		return
	}
	var mends []app.CellMend
	for name := range r.PostForm {
		var row, column int
		if n, err := fmt.Sscanf(name, "new-%d-%d", &row, &column); err != nil || n != 2 {
			continue
		}
		m := app.CellMend{Row: row, Column: column, Old: r.PostForm.Get(fmt.Sprintf("old-%d-%d", row, column)), New: strings.TrimSpace(r.PostForm.Get(name))}
		if utf8.RuneCountInString(m.New) > longestMend {
			k.fail(w, r, app.Failed(app.Usage, lang.Errorf("What was typed for row %d is too long for a cell.", row)))
			return
		}
		if m.New != strings.TrimSpace(m.Old) {
			mends = append(mends, m)
		}
	}
	slices.SortFunc(mends, func(a, b app.CellMend) int { return (a.Row-b.Row)*10_000 + a.Column - b.Column })
	d.Password = k.reading(d).Options.Password
	err = k.jobOf(r).MendCells(r.Context(), k.config.Folder, d, app.Catalogue{Account: k.account(d)}, person.Name, mends)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(d.Name, "check"))
}

// longestMend is how many characters may be typed for a cell.
const longestMend = 1000

// historyBody is every version of a batch's file.
type historyBody struct {
	Draft    *app.Draft
	Versions []app.FileVersion // newest first
}

// history shows every version of a file, and what was mended in each.
func (k *Console) history(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	p := k.newPage(r, lang.Msg("Versions of %s", d.Name))
	body := historyBody{Draft: d, Versions: slices.Clone(d.Versions)}
	slices.Reverse(body.Versions)
	p.Kind, p.Body = k.kindOf(&app.FolderBatch{Name: d.Name}), body
	k.show(w, http.StatusOK, "history", p)
}

// version writes a version of a file as it was given.
func (k *Console) version(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	n, err := strconv.Atoi(r.PathValue("number"))
	path, name, ok := k.config.Folder.VersionPath(d, n)
	if err != nil || !ok {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		k.fail(w, r, app.Failed(app.Nothing, err))
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	attach(w, name, "application/octet-stream")
	_, _ = io.Copy(w, f) // whoever does not read it has gone
}
