package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// The steps by which a person says how a file is read that has columns which were
// never seen. Each shows the file's own rows; one with nothing to say is passed over.
const (
	stepSheet   = "sheet"
	stepHeader  = "header"
	stepFooter  = "footer"
	stepColumns = "columns"
	stepFormats = "formats"
)

var steps = []string{stepSheet, stepHeader, stepFooter, stepColumns, stepFormats}

// stepBody is what a step shows.
type stepBody struct {
	Draft  *app.Draft
	Step   string
	Number int // of the step, from 1
	Of     int
	Peek   *ingest.Peeked
	Check  *report.Check // nil where the file cannot be read yet
	Facts  app.FileFacts
	Fields []fieldChoice
	Why    error // why the file cannot be read yet
	Merged bool  // cells are merged over several rows
	Plans  []string
	Phones []phoneExample
	Back   string // the step before; empty: it is the first
	Begun  bool   // something of the batch may have been sent
}

// peekLine is a row of the file as a step shows it.
type peekLine struct {
	Number int
	Header bool // it names the columns
	Texts  []string
}

// Lines are the first rows of the file, each with a text for every column.
func (b *stepBody) Lines() (list []peekLine) {
	for _, row := range b.Peek.Head {
		texts := append(slices.Clone(row.Texts), make([]string, b.columns()-len(row.Texts))...)
		list = append(list, peekLine{row.Number, row.Number == b.Peek.Header, texts})
	}
	return list
}

// Letters are those of the columns.
func (b *stepBody) Letters() (list []string) {
	for i := range b.columns() {
		list = append(list, letters(i))
	}
	return list
}

// columns is how many columns the first rows have.
func (b *stepBody) columns() (most int) {
	for _, row := range b.Peek.Head {
		most = max(most, len(row.Texts))
	}
	return most
}

// fieldChoice is a field with the columns that it may be in.
type fieldChoice struct {
	Field   string
	Name    lang.Message
	Needed  bool
	Columns []columnChoice
}

// columnChoice is a column that may be a field.
type columnChoice struct {
	Letter, Header string
	Examples       string
	Chosen         bool
}

// phoneExample is a phone as it is written, and as it would be paid.
type phoneExample struct {
	Row            int
	Written, Phone string
}

// step shows a step.
func (k *Console) step(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	name := r.PathValue("step")
	if !slices.Contains(steps, name) {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	body, ok := k.stepBody(w, r, d, name)
	if !ok {
		return
	}
	p := k.newPage(r, stepTitle(name))
	if body.Why != nil && name == stepColumns {
		p.Alert = k.alertOf(p, body.Why)
	}
	p.Kind, p.Body = k.kindOf(&app.FolderBatch{Name: d.Name}), body
	k.show(w, http.StatusOK, "step", p)
}

// stepTitle asks what a step asks.
func stepTitle(step string) lang.Message {
	switch step {
	case stepSheet:
		return lang.Msg("Which sheet is paid?")
	case stepHeader:
		return lang.Msg("Does this row name the columns?")
	case stepFooter:
		return lang.Msg("Are these lines no payments?")
	case stepColumns:
		return lang.Msg("Which column is which?")
	}
	return lang.Msg("Is everything read as it is meant?")
}

// stepBody finds out what a step shows. It reports false where it has shown another
// page.
func (k *Console) stepBody(w http.ResponseWriter, r *http.Request, d *app.Draft, name string) (*stepBody, bool) {
	b := &stepBody{Draft: d, Step: name}
	var err error
	if b.Peek, err = k.config.Folder.Peek(d, k.reading(d)); err != nil {
		k.showUnread(w, r, d, err)
		return nil, false
	}
	if name != stepSheet && name != stepHeader {
		c, ok := k.check(d)
		if !ok {
			k.checkingPage(w, r, d, c)
			return nil, false
		}
		if b.Why = c.err; c.err == nil {
			b.Check, b.Facts = c.found.Check, c.found.File
		}
	}
	if b.Check == nil && b.Why == nil { // which says whether there is anything below the rows
		if c, ok := k.check(d); ok && c.err == nil {
			b.Check = c.found.Check
		}
	}
	all := k.stepsOf(b)
	b.Number, b.Of = slices.Index(all, name)+1, len(all)
	if b.Number > 1 {
		b.Back = address(d.Name, "steps", all[b.Number-2])
	}
	b.Begun = k.config.Folder.Begun(d.Name)
	switch name {
	case stepColumns:
		b.Merged = errors.Is(b.Why, ingest.ErrMerged)
		b.Fields = fieldsOf(b)
	case stepFormats:
		b.Phones = brokenPhones(b.Check)
	}
	return b, true
}

// stepsOf are the steps that have something to say of a file.
func (k *Console) stepsOf(b *stepBody) (list []string) {
	for _, s := range steps {
		switch {
		case s == stepSheet && len(b.Peek.Sheets) < 2 && s != b.Step:
		case s == stepFooter && b.Check != nil && nothingAside(b.Check) && s != b.Step:
		default:
			list = append(list, s)
		}
	}
	return list
}

// nothingAside tells a file whose every line below the header is a row.
func nothingAside(c *report.Check) bool {
	return len(c.Found.Totals)+len(c.Found.Headers)+len(c.Found.Remarks) == 0
}

// mostExamples is how many texts of a column are shown.
const mostExamples = 3

// fieldsOf are the fields, each with the columns of the file.
func fieldsOf(b *stepBody) (list []fieldChoice) {
	names := b.Peek.Names
	if len(names) == 0 && len(b.Peek.Head) > 0 { // no header was found: the fullest row may be it
		for _, row := range b.Peek.Head {
			if len(row.Texts) > len(names) {
				names = row.Texts
			}
		}
	}
	for _, f := range []struct {
		field  string
		name   lang.Message
		needed bool
	}{{"phone", lang.Msg("Phone"), true}, {"amount", lang.Msg("Amount"), false}, {"plan", lang.Msg("Plan"), false}, {"id", lang.Msg("Employee number"), false}} {
		c := fieldChoice{Field: f.field, Name: f.name, Needed: f.needed}
		for i, header := range names {
			letter := letters(i)
			chosen := b.Draft.Choices.Map[f.field] == letter
			if b.Check != nil && len(b.Draft.Choices.Map) == 0 {
				chosen = b.Facts.Fields[f.field] != "" && (b.Facts.Fields[f.field] == header || header == "" && b.Facts.Fields[f.field] == letter)
			}
			c.Columns = append(c.Columns, columnChoice{Letter: letter, Header: header, Examples: examplesOf(b.Peek, i), Chosen: chosen})
		}
		list = append(list, c)
	}
	return list
}

// examplesOf are the first texts of a column below the header.
func examplesOf(p *ingest.Peeked, column int) string {
	var list []string
	for _, row := range p.Head {
		if row.Number > p.Header && column < len(row.Texts) && strings.TrimSpace(row.Texts[column]) != "" && len(list) < mostExamples {
			list = append(list, strings.TrimSpace(row.Texts[column]))
		}
	}
	return strings.Join(list, ", ")
}

// letters is a column's letter.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// brokenPhones are the first phones that are not written as the provider takes them
// and can be repaired without doubt.
func brokenPhones(c *report.Check) (list []phoneExample) {
	if c == nil {
		return nil
	}
	for i := range c.Rows {
		row := &c.Rows[i]
		if row.Written() != "" {
			list = append(list, phoneExample{row.Number, row.Written(), string(row.Topup.Phone)})
		}
		for _, p := range row.Problems() {
			if phone, ok := batch.RepairPhone(p.Value); ok && p.Code == batch.PhoneFormat {
				list = append(list, phoneExample{row.Number, p.Value, string(phone)})
			}
		}
		if len(list) >= mostShown {
			break
		}
	}
	return list
}

// confirm takes the answer of a step, and leads to the next.
func (k *Console) confirm(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	name := r.PathValue("step")
	at := slices.Index(steps, name)
	if at < 0 {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if err := takeStep(d, name, r); err != nil {
		k.fail(w, r, err)
		return
	}
	if err := k.config.Folder.Keep(d); err != nil {
		k.fail(w, r, err)
		return
	}
	to, err := k.nextStep(d, at+1)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, to)
}

// firstStep is the first that has something to say of a draft's file.
func (k *Console) firstStep(d *app.Draft) (string, error) {
	peek, err := k.config.Folder.Peek(d, k.reading(d))
	if err != nil {
		return "", err
	}
	if len(peek.Sheets) > 1 {
		return address(d.Name, "steps", stepSheet), nil
	}
	return address(d.Name, "steps", stepHeader), nil
}

// nextStep is the page behind a step: the next that has something to say, or the
// check.
func (k *Console) nextStep(d *app.Draft, from int) (string, error) {
	peek, err := k.config.Folder.Peek(d, k.reading(d))
	if err != nil {
		return address(d.Name), nil //nolint:nilerr // that page says what is the matter
	}
	for _, s := range steps[min(from, len(steps)):] {
		if s == stepSheet && len(peek.Sheets) < 2 {
			continue
		}
		if s == stepFooter {
			if c, ok := k.check(d); ok && (c.err != nil || nothingAside(c.found.Check)) {
				continue
			}
		}
		return address(d.Name, "steps", s), nil
	}
	return address(d.Name, "check"), k.config.Folder.Remember(d, peek.Names)
}

// takeStep takes the answer of a step.
func takeStep(d *app.Draft, step string, r *http.Request) error {
	c := &d.Choices
	switch step {
	case stepSheet:
		c.Sheet = r.PostFormValue("sheet")
	case stepColumns:
		c.Map = map[string]string{}
		for _, f := range []string{"phone", "amount", "plan", "id"} {
			if letter := r.PostFormValue(f); letter != "" {
				c.Map[f] = letter
			}
		}
		c.SpreadMerged = r.PostFormValue("merged") == "yes"
		if c.Plan = strings.TrimSpace(r.PostFormValue("defaultplan")); c.Map["plan"] != "" {
			c.Plan = ""
		}
		return takeAmount(c, r.PostFormValue("defaultamount"))
	case stepFormats:
		c.FixPhones = r.PostFormValue("fix") == "yes"
		c.AnyOperator = r.PostFormValue("operator") == "yes"
		c.AllowDuplicates = r.PostFormValue("duplicates") == "yes"
	}
	return nil
}

// takeAmount takes the amount for rows that give none.
func takeAmount(c *app.Choices, text string) error {
	c.Amount = 0
	if strings.TrimSpace(text) == "" || c.Map["amount"] != "" {
		return nil
	}
	n, ok := wholeNumber(text)
	if !ok || n <= 0 || batch.Dinars(n) > batch.MaxDinars {
		return app.Failed(app.Usage, lang.Errorf("%q is no amount: type a number of dinars, in digits.", text))
	}
	c.Amount = batch.Dinars(n)
	return nil
}
