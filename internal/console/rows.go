package console

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// rowsBody is what the list of a batch's rows shows.
type rowsBody struct {
	Name   string
	Kind   string
	States []stateCount
	All    int
	State  string // the one that is shown; empty: all
	Rows   []rowLine
	Pager  pager
	Search string // what was looked for; empty: nothing
	More   bool   // there are more than are shown
	Tally  *tallyLine

	Figures template.HTML // of the report, on the page for paper
	First   time.Time
	Last    time.Time
	Head    batch.BatchRecord
}

// rowLine is a row as a list shows it.
type rowLine struct {
	Batch  string
	Key    string // what its address ends in
	Name   string
	Number int
	Status batch.RowStatus
	Todo   lang.Message // what a person does about it; zero: nothing
	Why    string       // what the provider said
}

// newRowLine is a row as a list shows it.
func newRowLine(name string, s batch.RowStatus, person string) rowLine {
	l := rowLine{Batch: name, Number: s.Number, Status: s, Name: person, Key: string(s.Ref), Todo: todo(&s)}
	if s.Ref == "" {
		l.Key = fmt.Sprintf("row-%d", s.Number)
	}
	return l
}

// Address is that of the row's story.
func (l rowLine) Address() string { return address(l.Batch, "rows", url.PathEscape(l.Key)) }

// todo says what a person must do about a row.
func todo(s *batch.RowStatus) lang.Message {
	switch s.State {
	case batch.Unsent:
		return lang.Msg("Not sent yet. Go on with the batch.")
	case batch.Unknown:
		return lang.Msg("Nobody knows yet whether it was paid. Do not pay it by other means meanwhile.")
	case batch.Pending:
		return lang.Msg("Accepted, not finished. Ask again later.")
	case batch.Refunded:
		return lang.Msg("The operator failed and the money came back. Pay it in a new batch.")
	case batch.Rejected:
		return lang.Msg("The provider refused it and charged nothing. Mend it and pay it in a new batch.")
	case batch.Conflict:
		return lang.Msg("The provider holds another order under its reference. Ask the provider's support before paying it again.")
	case batch.Invalid:
		return lang.Msg("It cannot be paid as it stands. Mend it in the file.")
	}
	return lang.Message{}
}

// rows shows the rows of a batch, by state, a page at a time.
func (k *Console) rows(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	k.rowsPage(w, r, b, "rows", rowsAPage)
}

// printed shows the rows of a batch as a page for paper.
func (k *Console) printed(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	k.rowsPage(w, r, b, "print", rowsOnPaper)
}

// rowsOnPaper is how many rows a page for paper has.
const rowsOnPaper = 1000

func (k *Console) rowsPage(w http.ResponseWriter, r *http.Request, b *app.FolderBatch, name string, most int) {
	l, ok := k.readLedger(w, r, b)
	if !ok {
		return
	}
	body := k.rowsBody(r, b, l, most)
	p := k.newPage(r, lang.Msg("Rows of %s", b.Name))
	p.Kind, p.Body = body.Kind, body
	if most == rowsOnPaper {
		var err error
		if body.Figures, err = report.Figures(l, k.say(r)); err != nil {
			k.fail(w, r, err)
			return
		}
	}
	k.show(w, http.StatusOK, name, p)
}

// readLedger is what is known of a batch, or a page that says why it is not.
func (k *Console) readLedger(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) (*batch.Ledger, bool) {
	if !b.Begun {
		k.refuse(w, r, http.StatusNotFound)
		return nil, false
	}
	l, err := k.ledger(b.Name)
	switch {
	case errors.Is(err, errReading):
		k.waitPage(w, r, b.Name, lang.Msg("The books of this batch are being read."))
	case err != nil:
		k.fail(w, r, err)
	}
	return l, err == nil
}

// rowsBody takes the rows that a page shows.
func (k *Console) rowsBody(r *http.Request, b *app.FolderBatch, l *batch.Ledger, most int) *rowsBody {
	tally := newTally(l.Tally())
	body := &rowsBody{Name: b.Name, Kind: k.kindOf(b), States: tally.States, All: tally.Total, Tally: tally, Head: l.Batch()}
	body.First, body.Last = l.Span()
	want, filtered := stateOf(r.URL.Query().Get("state"))
	total, base := tally.Total, "?page="
	if filtered {
		body.State, total = want.String(), tally.Of(want)
		base = "?state=" + body.State + "&page="
	}
	body.Pager = newPager(r, total, base)
	if most != rowsAPage {
		body.Pager.Pages = max(1, (total+most-1)/most)
		body.Pager.Page = min(body.Pager.Page, body.Pager.Pages)
		body.Pager.First, body.Pager.Last = (body.Pager.Page-1)*most+1, min(total, body.Pager.Page*most)
	}
	names, at := batch.NameColumns(l.Batch().Header), 0
	l.Each(func(s *batch.RowStatus) bool {
		if filtered && s.State != want {
			return true
		}
		if at++; at < body.Pager.First {
			return true
		}
		if at <= body.Pager.Last {
			body.Rows = append(body.Rows, newRowLine(b.Name, *s, batch.NameIn(s.Cells, names)))
		}
		return at < body.Pager.Last
	})
	return body
}

// stateOf is a state by its name.
func stateOf(name string) (batch.State, bool) {
	i := slices.IndexFunc(batch.States, func(s batch.State) bool { return s.String() == name })
	if i < 0 {
		return 0, false
	}
	return batch.States[i], true
}

// mostFound is how many rows a search shows.
const mostFound = 100

// searchRows searches the rows of one batch. What is looked for may be a phone, so it
// is in no address.
func (k *Console) searchRows(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	l, ok := k.readLedger(w, r, b)
	if !ok {
		return
	}
	body := k.rowsBody(r, b, l, rowsAPage)
	body.Search = strings.TrimSpace(r.PostFormValue("text"))
	if body.Search != "" {
		found, more := k.newSearch(r, body.Search).In(l, mostFound)
		body.Rows, body.More, body.Pager = nil, more, pager{Pages: 1, Page: 1, Total: len(found)}
		for _, x := range found {
			body.Rows = append(body.Rows, newRowLine(b.Name, x.Row, x.Name))
		}
	}
	p := k.newPage(r, lang.Msg("Rows of %s", b.Name))
	p.Kind, p.Body = body.Kind, body
	k.show(w, http.StatusOK, "rows", p)
}

// newSearch is a search for a text by who sends a request.
func (k *Console) newSearch(r *http.Request, text string) app.Search {
	s := app.NewSearch(text)
	p, err := k.people.Who(r)
	s.HidePhones = err != nil || !p.SeesPhones()
	return s
}

// searchBody is what a search over all batches shows.
type searchBody struct {
	Text  string
	Done  bool
	Found []rowLine
	More  bool
}

// search shows the form of a search over all batches.
func (k *Console) search(w http.ResponseWriter, r *http.Request) {
	p := k.newPage(r, lang.Msg("Search"))
	p.Body = searchBody{}
	k.show(w, http.StatusOK, "search", p)
}

// find searches all batches. Nothing is changed; it is a POST so that no phone stands
// in an address.
func (k *Console) find(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	p := k.newPage(r, lang.Msg("Search"))
	body := searchBody{Text: strings.TrimSpace(r.PostFormValue("text")), Done: true}
	if body.Text == "" {
		p.Alert = &alert{Title: p.T("There is a problem"), Lines: []alertLine{{Text: p.T("Type what you look for."), Field: "text"}}}
		p.Body = searchBody{}
		k.show(w, http.StatusBadRequest, "search", p)
		return
	}
	found, more, err := k.config.Folder.Find(r.Context(), k.newSearch(r, body.Text), mostFound, k.ledgerWhole)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	body.More = more
	for _, x := range found {
		body.Found = append(body.Found, newRowLine(x.Batch, x.Row, x.Name))
	}
	p.Body, p.Path = body, "/search"
	k.show(w, http.StatusOK, "search", p)
}

// storyBody is everything that is known of a row.
type storyBody struct {
	Line   rowLine
	Header []string
	Cells  []string
	Events []storyEvent
	Kind   string
}

// storyEvent is something that happened to a row.
type storyEvent struct {
	At   time.Time
	What lang.Message
}

// story tells everything that happened to a row.
func (k *Console) story(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	l, ok := k.readLedger(w, r, b)
	if !ok {
		return
	}
	status, ok := findRow(l, r.PathValue("row"))
	if !ok {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	key := fmt.Sprintf("%s\n%s\n%d\n%d", b.Name, r.PathValue("row"), b.Size, b.Touched.UnixNano())
	events, ok, err := k.stories.get(key, patience, func() ([]batch.HistoryEvent, error) { return k.config.Folder.Story(b.Name, status.Ref, status.Number) })
	switch {
	case err != nil:
		k.fail(w, r, err)
		return
	case !ok:
		k.waitPage(w, r, b.Name, lang.Msg("The books of this batch are being read."))
		return
	}
	names := batch.NameColumns(l.Batch().Header)
	body := storyBody{Line: newRowLine(b.Name, status, batch.NameIn(status.Cells, names)), Header: l.Batch().Header, Cells: status.Cells.List(), Kind: k.kindOf(b)}
	for i, e := range events {
		body.Events = append(body.Events, storyEvent{e.At, report.Happened(e, i > 0)})
	}
	p := k.newPage(r, lang.Msg("Row %d of %s", status.Number, b.Name))
	p.Kind, p.Body = body.Kind, body
	k.show(w, http.StatusOK, "story", p)
}

// findRow finds a row by what its address ends in.
func findRow(l *batch.Ledger, key string) (found batch.RowStatus, ok bool) {
	number, isNumber := strings.CutPrefix(key, "row-")
	if n, err := strconv.Atoi(number); isNumber && err == nil {
		l.Each(func(s *batch.RowStatus) bool {
			if s.Number == n && s.Ref == "" {
				found, ok = *s, true
			}
			return !ok
		})
		return found, ok
	}
	return l.Row(batch.Ref(key))
}
