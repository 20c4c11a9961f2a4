package console

import (
	"net/http"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// boundsBody is what the page of control totals and limits shows.
type boundsBody struct {
	Draft  *app.Draft
	Back   string // the page that led here
	Fields []boundField
	Strict bool
}

// boundField is a number that a person may give.
type boundField struct {
	Name  string
	Label lang.Message
	Hint  lang.Message
	Value string // as it was typed, or as it is kept
	Wrong bool
}

// boundFields are the fields, each with the number that it holds. A pointer to nil is
// a number that was not given.
func boundFields(b *app.Bounds) []boundField {
	return []boundField{
		{Name: "expect-rows", Label: lang.Msg("Rows that you expect"), Hint: lang.Msg("If another number of rows can be paid, nothing is sent."), Value: expected(b.ExpectRows)},
		{Name: "expect-total", Label: lang.Msg("Sum that you expect, in dinars"), Hint: lang.Msg("If they come to another sum, nothing is sent."), Value: expected(b.ExpectTotal)},
		{Name: "max-amount", Label: lang.Msg("Most dinars for a row"), Hint: lang.Msg("A row above it is not paid."), Value: limit(b.MaxAmount)},
		{Name: "max-per-phone", Label: lang.Msg("Most dinars for a phone"), Hint: lang.Msg("A row with which its phone would get more is not paid."), Value: limit(b.MaxPerPhone)},
		{Name: "max-total", Label: lang.Msg("Most dinars for the whole batch"), Hint: lang.Msg("If the rows come to more, nothing is sent."), Value: limit(b.MaxTotal)},
	}
}

// expected is a number that is expected, where there is one; it may be zero.
func expected[N int | batch.Dinars](n *N) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(int(*n))
}

// limit is a limit, where there is one.
func limit(n batch.Dinars) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// showBounds shows the control totals and limits of a batch.
func (k *Console) showBounds(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	k.boundsPage(w, r, d, http.StatusOK, &boundsBody{Fields: boundFields(&d.Bounds), Strict: d.Bounds.Strict}, nil)
}

func (k *Console) boundsPage(w http.ResponseWriter, r *http.Request, d *app.Draft, status int, body *boundsBody, wrong *alert) {
	p := k.newPage(r, lang.Msg("Control totals and limits"))
	body.Draft, body.Back = d, "check"
	if r.FormValue("back") == "answers" {
		body.Back = "answers"
	}
	p.Path = address(d.Name, "bounds?back="+body.Back)
	p.Kind, p.Body, p.Alert = k.kindOf(&app.FolderBatch{Name: d.Name}), body, wrong
	k.show(w, status, "bounds", p)
}

// takeBounds keeps the control totals and limits that a person gives.
func (k *Console) takeBounds(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	bounds := app.Bounds{Strict: r.PostFormValue("strict") == "yes"}
	body := &boundsBody{Fields: boundFields(&app.Bounds{}), Strict: bounds.Strict}
	wrong := &alert{Title: k.say(r).Say(lang.Msg("There is a problem"))}
	for i := range body.Fields {
		f := &body.Fields[i]
		f.Value = r.PostFormValue(f.Name)
		if why := setBound(&bounds, f.Name, f.Value); !why.IsZero() {
			f.Wrong = true
			wrong.Lines = append(wrong.Lines, alertLine{Text: k.say(r).Say(lang.Msg("%s: %s", f.Label, why)), Field: f.Name})
		}
	}
	if len(wrong.Lines) > 0 {
		k.boundsPage(w, r, d, http.StatusBadRequest, body, wrong)
		return
	}
	d.Bounds = bounds
	if err := k.config.Folder.Keep(d); err != nil {
		k.fail(w, r, err)
		return
	}
	to := "check"
	if r.PostFormValue("back") == "answers" {
		to = "answers"
	}
	back(w, r, address(d.Name, to))
}

// mostBound is far above what any batch comes to, and far below where dinars overflow.
const mostBound = 1_000_000_000_000

// setBound sets the bound that a field is about. It returns what is wrong with a text
// that is no number; an empty text is no bound.
func setBound(b *app.Bounds, field, text string) lang.Message {
	n, ok := wholeNumber(text)
	switch {
	case strings.TrimSpace(text) == "":
		return lang.Message{}
	case !ok || n > mostBound:
		return lang.Msg("%q is no number of rows or dinars: write it in digits, without a comma or a point.", text)
	case n == 0 && field != "expect-rows" && field != "expect-total":
		return lang.Msg("write a number above zero, or leave the field empty.")
	}
	dinars := batch.Dinars(n)
	switch field {
	case "expect-rows":
		b.ExpectRows = &n
	case "expect-total":
		b.ExpectTotal = &dinars
	case "max-amount":
		b.MaxAmount = dinars
	case "max-per-phone":
		b.MaxPerPhone = dinars
	case "max-total":
		b.MaxTotal = dinars
	}
	return lang.Message{}
}

// Bounded says which control totals and limits were given.
func (p *page) Bounded(b app.Bounds) (said []string) {
	add := func(m lang.Message) { said = append(said, p.Say(m)) }
	if b.ExpectRows != nil {
		add(lang.Count(*b.ExpectRows, "%d row is expected", "%d rows are expected"))
	}
	if b.ExpectTotal != nil {
		add(lang.Msg("%v DA are expected", *b.ExpectTotal))
	}
	if b.MaxAmount > 0 {
		add(lang.Msg("at most %v DA for a row", b.MaxAmount))
	}
	if b.MaxPerPhone > 0 {
		add(lang.Msg("at most %v DA for a phone", b.MaxPerPhone))
	}
	if b.MaxTotal > 0 {
		add(lang.Msg("at most %v DA for the whole batch", b.MaxTotal))
	}
	if b.Strict {
		add(lang.Msg("nothing is sent if a row cannot be paid"))
	}
	return said
}
