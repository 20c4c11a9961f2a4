package console

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// answersBody is what is to be looked at before anything is paid.
type answersBody struct {
	*app.Preflight
	Name      string
	Draft     *app.Draft
	Operators []operatorTotal
	Notes     []lang.Message
	Before    []lang.Message // rows that look paid already, and are not sent
	Others    []lang.Message // rows that look paid elsewhere
	Unusual   []lang.Message
	Warnings  []batch.Warning
	Again     int // the number that pays rows which look paid already all the same
	Takes     time.Duration
	Until     time.Time
	Number    bool // the number of rows must be typed in
	Needs     int  // how many people must approve it
	Has       int  // how many have
	Amends    bool
	Resumes   bool
	Workers   bool // workers read the provider's list, and not the pages
	Found     *int // how many rows look paid already, as a worker has found; nil: none was refused for that
}

// operatorTotal is what an operator's rows come to.
type operatorTotal struct {
	Operator        string
	Rows            int
	Requested, Cost batch.Centimes
	Plans           []batch.PlanTotal
}

// mostShown is how many examples of one kind a page shows.
const mostShown = 10

// answers shows what is about to be paid, before anybody is asked to start it.
func (k *Console) answers(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if run := k.runs.of(b.Name); run != nil && !run.isOver() {
		back(w, r, address(b.Name))
		return
	}
	c, ok := k.rehearse(b)
	if !ok {
		k.waitFor(w, r, b.Name, lang.Msg("It is being worked out what will be paid. The provider is asked for prices and the balance."), int(c.rows.Load()))
		return
	}
	p := k.newPage(r, lang.Msg("Check your answers: %s", b.Name))
	p.Kind = k.kindOf(b)
	if c.err != nil {
		k.flights.forget(b.Name) // the next look asks anew
		k.showRefused(w, r, b, c.err)
		return
	}
	body := k.answersBody(b, c)
	if in, err := k.standing(r.Context(), b.Name); err == nil && in != nil {
		body.Found = in.LooksPaid
	}
	p.Body = body
	if run := k.runs.of(b.Name); run != nil && r.URL.Query().Has("refused") {
		if now := run.look(); now.Refused() {
			p.Alert = k.alertOf(p, now.Err)
			p.Alert.Lines[0].Field = "rows"
		}
	}
	if p.Alert == nil {
		p.Notice = p.Say(k.refusalOf(b, p.words))
	}
	k.show(w, http.StatusOK, "answers", p)
}

// answersBody takes what a page shows of a rehearsal.
func (k *Console) answersBody(b *app.FolderBatch, c *checking) *answersBody {
	f := c.flight
	body := &answersBody{Preflight: f, Name: b.Name, Notes: c.notes.all(), Amends: c.amends, Resumes: b.Begun, Workers: k.inLine() != nil}
	body.Number = app.Question{About: app.AboutRun, Account: f.Account.Type}.WantsNumber()
	body.Operators = byOperator(f.ToSend)
	body.Before, body.Others = told(f.Paid.Before), told(f.Paid.Others)
	body.Again = len(f.Paid.Before) + len(f.Paid.Others)
	for _, u := range f.Compared.Unusual[:min(mostShown, len(f.Compared.Unusual))] {
		body.Unusual = append(body.Unusual, lang.Msg("row %d: %s", u.Row, report.UnusualAmount(u)))
	}
	body.Warnings = f.Findings.Warnings[:min(mostShown, len(f.Findings.Warnings))]
	if f.Rate > 0 {
		body.Takes = time.Duration(float64(f.ToSend.Valid) / f.Rate * float64(time.Minute)).Round(time.Second)
		body.Until = time.Now().Add(body.Takes)
	}
	if d, err := k.config.Folder.Draft(b.Name); err == nil {
		body.Draft = d
	}
	body.Needs = k.needs(body.Draft)
	body.Has = k.approvalsOf(b.Name)
	return body
}

// told are rows that look paid already, each in words.
func told(list []batch.EarlierPayment) (said []lang.Message) {
	for _, e := range list[:min(mostShown, len(list))] {
		said = append(said, app.EarlierPayment(e))
	}
	return said
}

// byOperator adds the rows up by operator, the one with the most rows first.
func byOperator(t batch.Totals) (list []operatorTotal) {
	for _, x := range t.Plans {
		i := slices.IndexFunc(list, func(o operatorTotal) bool { return o.Operator == x.Plan.Operator })
		if i < 0 {
			i = len(list)
			list = append(list, operatorTotal{Operator: x.Plan.Operator})
		}
		o := &list[i]
		o.Rows, o.Requested, o.Cost, o.Plans = o.Rows+x.Rows, o.Requested+x.Requested, o.Cost+x.Cost, append(o.Plans, x)
	}
	slices.SortStableFunc(list, func(a, b operatorTotal) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Operator, b.Operator))
	})
	return list
}

// freshFor is how long a rehearsal is shown before it is made anew: prices and the
// balance change.
const freshFor = time.Minute

// rehearse is what a run of the batch would do now.
func (k *Console) rehearse(b *app.FolderBatch) (*checking, bool) {
	o := k.options(b)
	draft, _ := k.config.Folder.Draft(b.Name)
	if k.approvalsOf(b.Name) < k.needs(draft) { // the page says so itself, beside what will be paid
		o.Approvals = app.Approvals{}
	}
	key, _ := json.Marshal(struct { // of texts and numbers, which can all be encoded
		Place app.Place
		Draft *app.Draft
		Begun time.Time
		Round int64
	}{o.Place, draft, b.Touched, 0})
	return k.flights.getFresh(b.Name, string(key), freshFor, patience, func(ctx context.Context, c *checking) {
		if draft != nil {
			defer k.turn(draft)()
		}
		job := k.job(nil)
		job.Observer, o.Reading.Options.Progress = c.notes, c.read
		rehearsal, err := job.Rehearse(ctx, o)
		if _, changed := errors.AsType[*app.FileChanged](err); changed && !o.Amend {
			o.Amend = true
			rehearsal, err = job.Rehearse(ctx, o)
		}
		c.err, c.amends = err, o.Amend
		if err == nil {
			c.flight = rehearsal.Preflight
			c.flight.Findings.Rows = nil // which would keep all rows of the file
		}
	})
}

// options are those of a run of a batch.
func (k *Console) options(b *app.FolderBatch) app.RunOptions {
	account := k.accountOf(b)
	o := app.RunOptions{Place: k.config.Folder.Place(b.Name), Account: account, Pace: k.paceOf(account)}
	d, err := k.config.Folder.Draft(b.Name)
	if err != nil {
		return o
	}
	o.Reading, o.PayAgain, o.Reason = k.reading(d), d.Again, d.Reason
	if b.Begun {
		if l, err := k.ledger(b.Name); err == nil {
			o.Amend = l.Batch().SHA256 != d.Current().SHA256
		}
	}
	if n := k.needs(d); n > 0 {
		o.Approvals = app.Approvals{Required: n, Approvers: k.approversFile(), Makers: k.makers(b.Name)}
		if path := k.requestOf(b.Name); exists(path) {
			o.Approvals.Requests = []string{path}
		}
	}
	return o
}

// exists tells whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// payAgain keeps that rows which look paid already are to be paid all the same.
func (k *Console) payAgain(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	n, err := strconv.Atoi(rowCount(r.PostFormValue("again")))
	if err != nil || n < 0 {
		k.fail(w, r, app.Failed(app.Usage, lang.Errorf("Type the number of rows that look paid already, in digits.")))
		return
	}
	d.Again, d.Reason = n, strings.TrimSpace(r.PostFormValue("reason"))
	if n > 0 && d.Reason == "" {
		k.fail(w, r, &app.NoReason{})
		return
	}
	if err := k.config.Folder.Keep(d); err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(d.Name, "answers"))
}

// meant keeps that a file that was run under another name is another payment.
func (k *Console) meant(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	d.Meant = true
	if err := k.config.Folder.Keep(d); err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(d.Name, "answers"))
}

// refusedBody is why a batch cannot be paid as it is, and what can be done.
type refusedBody struct {
	Name   string
	Draft  *app.Draft
	As     string // the batch that the same file was run as
	Key    bool   // a key is missing
	Bounds bool   // the control totals and limits refuse it
	Again  int    // so many rows look paid already
	Number *app.PayAgainNumber
}

// showRefused shows why a batch cannot be paid as it is.
func (k *Console) showRefused(w http.ResponseWriter, r *http.Request, b *app.FolderBatch, err error) {
	p := k.newPage(r, lang.Msg("%s cannot be paid yet", b.Name))
	p.Kind, p.Alert, p.Notice = k.kindOf(b), k.alertOf(p, err), p.Say(k.refusalOf(b, p.words))
	body := refusedBody{Name: b.Name}
	body.Draft, _ = k.config.Folder.Draft(b.Name)
	if e, ok := errors.AsType[*app.RunBefore](err); ok {
		body.As = e.As.Name
	}
	if e, ok := errors.AsType[*app.PayAgainNumber](err); ok {
		body.Again = e.Before + e.Others
	}
	body.Key, body.Bounds = noKey(err), errors.Is(err, batch.ErrControl)
	p.Body = body
	k.show(w, http.StatusOK, "cannot", p)
}
