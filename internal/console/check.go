package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// rowsAPage is how many rows a page shows.
const rowsAPage = 50

// checkBody is what the check of a file shows.
type checkBody struct {
	Draft   *app.Draft
	Found   *report.Check
	File    app.FileFacts
	Groups  []batch.ProblemGroup // what is wrong with whole columns comes first
	Rows    []checkedRow
	Only    bool // rows with a problem alone
	Pager   pager
	Refused error
	Notes   []lang.Message

	Twin     string         // the batch that the file may be a correction of; empty: none
	Offers   []app.Offer    // what the program can do about the rows
	Password bool           // the workbook is under one
	Document bool           // the file is an OpenDocument
	Begun    bool           // something of the batch may have been sent
	Names    map[int]string // of the people in rows that are examples
}

// checkedRow is a row with its verdict.
type checkedRow struct {
	Number   int
	Valid    bool
	Cells    []checkedCell
	Problems []batch.Problem
	Name     string
}

// checkedCell is a cell as the file has it.
type checkedCell struct {
	Column string
	Text   string
	Broken []batch.Problem // what is wrong with it
}

// pager is which part of a long list a page shows.
type pager struct {
	Page, Pages, Total int
	First, Last        int
	Base               string // the address, to which the page is added
}

// newPager finds the part that is asked for.
func newPager(r *http.Request, total int, base string) pager {
	p := pager{Total: total, Pages: max(1, (total+rowsAPage-1)/rowsAPage), Base: base}
	p.Page, _ = strconv.Atoi(r.URL.Query().Get("page"))
	p.Page = min(max(1, p.Page), p.Pages)
	p.First, p.Last = (p.Page-1)*rowsAPage+1, min(total, p.Page*rowsAPage)
	return p
}

// At is the address of a page.
func (p pager) At(page int) string { return p.Base + strconv.Itoa(page) }

// showCheck shows what is wrong with the file of a draft.
func (k *Console) showCheck(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	c, ok := k.check(d)
	if !ok {
		k.checkingPage(w, r, d, c)
		return
	}
	if c.err != nil {
		k.showUnread(w, r, d, c.err)
		return
	}
	p := k.newPage(r, lang.Msg("Check of %s", d.Current().Given))
	body := k.checkBody(r, d, c)
	p.Body, p.Kind = body, k.kindOf(&app.FolderBatch{Name: d.Name})
	if b, err := k.config.Folder.Batch(d.Name); err == nil && !b.Begun {
		p.Notice = p.Say(k.refusalOf(b, p.words))
	}
	if n := body.Found.Totals.Invalid; n > 0 {
		p.Alert = k.problemsOf(p, body)
	}
	k.show(w, http.StatusOK, "check", p)
}

// checkBody takes the part of a check that a page shows.
func (k *Console) checkBody(r *http.Request, d *app.Draft, c *checking) *checkBody {
	found := c.found.Check
	b := &checkBody{Draft: d, Found: found, File: c.found.File, Refused: c.found.Refused, Notes: c.notes.all()}
	b.Groups, b.Offers, b.Twin = c.groups, c.offers, k.twin(d)
	b.Begun = k.config.Folder.Begun(d.Name)
	b.Document = b.File.Format.String() == ingest.FormatODS
	b.Only = found.Totals.Invalid > 0 && r.URL.Query().Get("rows") != "all"
	total, base := found.Totals.Rows, "?rows=all&page="
	if b.Only {
		total, base = found.Totals.Invalid, "?page="
	}
	b.Pager = newPager(r, total, base)
	names := batch.NameColumns(found.Header)
	b.nameExamples(found, names)
	at := 0
	for i := range found.Rows {
		row := &found.Rows[i]
		if b.Only && row.Valid() {
			continue
		}
		if at++; at < b.Pager.First {
			continue
		}
		if at > b.Pager.Last {
			break
		}
		b.Rows = append(b.Rows, newCheckedRow(row, found.Header, names))
	}
	return b
}

// nameExamples finds the people of the rows that are examples of what is wrong.
func (b *checkBody) nameExamples(found *report.Check, names []int) {
	b.Names = map[int]string{}
	for _, g := range b.Groups {
		for _, e := range g.Examples {
			i, ok := slices.BinarySearchFunc(found.Rows, e.Row, func(r batch.Row, number int) int { return r.Number - number })
			if ok {
				b.Names[e.Row] = batch.NameIn(found.Rows[i].Cells, names)
			}
		}
	}
}

// newCheckedRow is a row with what is wrong with each of its cells.
func newCheckedRow(row *batch.Row, header []string, names []int) checkedRow {
	c := checkedRow{Number: row.Number, Valid: row.Valid(), Problems: row.Problems(), Name: batch.NameIn(row.Cells, names)}
	for i, column := range header {
		cell := checkedCell{Column: column, Text: row.Cells.At(i)}
		for _, p := range c.Problems {
			if column != "" && p.Column == column {
				cell.Broken = append(cell.Broken, p)
			}
		}
		c.Cells = append(c.Cells, cell)
	}
	return c
}

// problemsOf is the error summary of a check: whole columns first, then rows.
func (k *Console) problemsOf(p *page, b *checkBody) *alert {
	a := &alert{Title: p.Say(lang.Count(b.Found.Totals.Invalid, "%d row cannot be paid as it is", "%d rows cannot be paid as they are"))}
	for _, g := range b.Groups {
		a.Lines = append(a.Lines, alertLine{Text: p.Say(p.Group(g)), Field: "rule-" + string(g.Code) + "-" + g.Column})
	}
	return a
}

// Group says which rule how many rows of a column break.
func (p *page) Group(g batch.ProblemGroup) lang.Message {
	if g.Column == "" {
		return lang.Count(g.Count, "%[2]s: %[1]d row", "%[2]s: %[1]d rows", ruleName(g.Code))
	}
	return lang.Count(g.Count, "%[2]s, column %[3]q: %[1]d row", "%[2]s, column %[3]q: %[1]d rows", ruleName(g.Code), g.Column)
}

// ruleName says a row rule in a few words.
func ruleName(c batch.Code) lang.Message {
	switch c {
	case batch.PhoneMissing:
		return lang.Msg("no phone")
	case batch.PhoneFormat:
		return lang.Msg("not a phone number")
	case batch.PlanMissing:
		return lang.Msg("no plan")
	case batch.PlanUnknown:
		return lang.Msg("a plan that does not exist")
	case batch.PlanDisabled:
		return lang.Msg("a plan that is not sold now")
	case batch.PlanOperator:
		return lang.Msg("a plan of another operator")
	case batch.PlanUnsupported:
		return lang.Msg("a plan that cannot be bought")
	case batch.AmountMissing:
		return lang.Msg("no amount")
	case batch.AmountFormat:
		return lang.Msg("not an amount")
	case batch.AmountRange:
		return lang.Msg("an amount that the plan does not allow")
	case batch.AmountFixed:
		return lang.Msg("not the plan's price")
	case batch.AmountCap:
		return lang.Msg("above your limit")
	case batch.DuplicateRow:
		return lang.Msg("the same row twice")
	case batch.DuplicateID:
		return lang.Msg("the same id twice")
	case batch.IDChanged:
		return lang.Msg("sent before for something else")
	case batch.PaidBefore:
		return lang.Msg("looks paid already")
	case batch.CellError:
		return lang.Msg("a cell with an error")
	}
	return lang.Msg("too many or too few cells")
}

// showUnread says why a file as a whole cannot be read, with what a person can do.
func (k *Console) showUnread(w http.ResponseWriter, r *http.Request, d *app.Draft, err error) {
	if e, ok := errors.AsType[*ingest.FileError](err); ok && !strings.HasPrefix(r.URL.Path, address(d.Name, "steps")) {
		switch {
		case errors.Is(err, ingest.ErrSheets):
			back(w, r, address(d.Name, "steps", stepSheet))
			return
		case len(e.Choices) > 0 || errors.Is(err, ingest.ErrColumns) && !errors.Is(err, ingest.ErrReport) || errors.Is(err, ingest.ErrNoPhone) || errors.Is(err, ingest.ErrMap):
			back(w, r, address(d.Name, "steps", stepColumns))
			return
		}
	}
	p := k.newPage(r, lang.Msg("Check of %s", d.Current().Given))
	p.Kind = k.kindOf(&app.FolderBatch{Name: d.Name})
	p.Alert = k.alertOf(p, err)
	p.Body = &checkBody{Draft: d, Password: errors.Is(err, ingest.ErrPassword), Begun: k.config.Folder.Begun(d.Name)}
	k.show(w, http.StatusOK, "unread", p)
}

// checkWorkbook writes the file again, with what to mend beside each row.
func (k *Console) checkWorkbook(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	c, ok := k.check(d)
	if !ok {
		k.checkingPage(w, r, d, c)
		return
	}
	if c.err != nil {
		k.fail(w, r, c.err)
		return
	}
	check := *c.found.Check
	check.Words = k.say(r)
	attach(w, d.Name+".check.xlsx", workbookType)
	if err := check.Workbook(w); err != nil {
		k.log().Error("a workbook cannot be written", "error", err)
	}
}

// twin is the batch that a draft may be a correction of: it had the name that the
// draft's file would have given it.
func (k *Console) twin(d *app.Draft) string {
	name := app.NameFor(d.Versions[0].Given)
	if name == d.Name || len(d.Versions) > 1 {
		return ""
	}
	if other, err := k.config.Folder.Draft(name); err != nil || other.Simulate != d.Simulate {
		return ""
	}
	return name
}

// belongs takes a file that was given as a new batch for a correction of another.
func (k *Console) belongs(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	to, err := k.config.Folder.Draft(r.PostFormValue("to"))
	if err == nil {
		err = k.config.Folder.Join(d, to)
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(to.Name, "check"))
}

// accept does what the program offered to do about rows.
func (k *Console) accept(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	switch app.OfferKind(r.PostFormValue("offer")) {
	case app.OfferRepair:
		d.Choices.FixPhones = true
	case app.OfferPlans:
		d.Choices.Plan = ingest.Auto
	}
	if err := k.config.Folder.Keep(d); err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(d.Name, "check"))
}

// password takes the password of a workbook, for this sitting.
func (k *Console) password(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	k.checks.setPassword(d.Name, r.PostFormValue("password"))
	back(w, r, address(d.Name))
}
