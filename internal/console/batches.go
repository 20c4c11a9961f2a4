package console

import (
	"errors"
	"net/http"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// tallyLine is how many rows of a batch have which outcome, and its money.
type tallyLine struct {
	batch.Tally
	States []stateCount // those that have rows
}

// stateCount is a state with how many rows are in it.
type stateCount struct {
	State batch.State
	Rows  int
	Share int // of a hundred, at least one
}

// newTally counts.
func newTally(t batch.Tally) *tallyLine {
	l := &tallyLine{Tally: t}
	for _, s := range batch.States {
		if n := t.Of(s); n > 0 {
			l.States = append(l.States, stateCount{s, n, max(1, n*100/max(1, t.Total))})
		}
	}
	return l
}

// Done tells that every row has come to its end.
func (t *tallyLine) Done() bool {
	return t.Of(batch.Unsent)+t.Open()+t.Of(batch.Conflict) == 0
}

// Left is how many rows are still to be sent.
func (t *tallyLine) Left() int { return t.Of(batch.Unsent) }

// batchLine is a batch as the list shows it. It does not wait for a journal to be read.
func (k *Console) batchLine(b *app.FolderBatch) batchLine {
	l := batchLine{FolderBatch: b, Kind: k.kindOf(b)}
	if r := k.runs.of(b.Name); r != nil && !r.isOver() {
		l.Running = true
		if known := r.ledger(); known != nil {
			l.Tally = newTally(known.Tally())
		}
		return l
	}
	if !b.Begun || b.Err != nil {
		l.Rows, l.Checks = k.checks.progress(b.Name)
		return l
	}
	l.Holder = k.config.Folder.Holder(b.Name)
	tally, err := k.books.tally(k.config.Folder.Books(b.Name))
	switch {
	case tally != nil:
		l.Tally = newTally(*tally)
	case err != nil:
		l.Err = err
	default:
		l.Reading = true
	}
	return l
}

// batchBody is what the page of a batch shows that was begun.
type batchBody struct {
	*app.FolderBatch
	Kind    string
	Tally   *tallyLine
	Now     snapshot // of the run that is under way here, or was; zero without one
	Here    bool     // a run is under way here
	Holder  string   // of another process that runs it; empty: none does
	Draft   *app.Draft
	Changed bool // the file that was given last is another than the one that was begun
	First   time.Time
	Last    time.Time
	Next    string // what to do next: resume, settle, resend, or nothing
	Unpaid  int    // rows that are provably unpaid, or invalid
	Live    liveBody
	Line    *office.Batch // as an office's workers have it; nil: it is sent here
}

// overview shows a batch: what is wrong with the file of a draft, or where a batch
// stands that was begun.
func (k *Console) overview(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	in, err := k.standing(r.Context(), b.Name)
	if err != nil {
		k.fail(w, r, lineError(err))
		return
	}
	if underWay(in) {
		k.follow(b.Name)
	}
	if in != nil && !b.Begun && (in.State != office.Refused || !b.Draft) {
		k.showLine(w, r, in)
		return
	}
	run := k.runs.of(b.Name)
	if !b.Begun {
		if run != nil && !run.isOver() {
			k.waitPage(w, r, b.Name, lang.Msg("The batch is being prepared."))
			return
		}
		if !k.refusalOf(b, k.say(r)).IsZero() {
			back(w, r, address(b.Name, "answers?refused"))
			return
		}
		k.overviewDraft(w, r, b)
		return
	}
	body, err := k.batchBody(b, in)
	if errors.Is(err, errReading) {
		k.waitPage(w, r, b.Name, lang.Msg("The books of this batch are being read."))
		return
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("Batch %s", b.Name))
	p.Kind, p.Body = body.Kind, body
	body.Live = k.liveBody(p, body.Now)
	if err := body.Now.Err; err != nil && !body.Here {
		p.Alert = k.alertOf(p, err)
	}
	k.show(w, http.StatusOK, "batch", p)
}

// batchBody finds out where a batch stands.
func (k *Console) batchBody(b *app.FolderBatch, in *office.Batch) (*batchBody, error) {
	l, err := k.ledger(b.Name)
	if err != nil {
		return nil, err
	}
	body := &batchBody{FolderBatch: b, Line: in, Kind: k.kindOf(b), Tally: newTally(l.Tally())}
	body.First, body.Last = l.Span()
	if r := k.runs.of(b.Name); r != nil {
		body.Now = r.look()
		body.Here = !body.Now.Over
	}
	if !body.Here {
		body.Holder = k.config.Folder.Holder(b.Name)
	}
	if d, err := k.config.Folder.Draft(b.Name); err == nil {
		body.Draft, body.Changed = d, d.Current().SHA256 != l.Batch().SHA256
	}
	body.Unpaid = body.Tally.Of(batch.Refunded) + body.Tally.Of(batch.Rejected) + body.Tally.Of(batch.Invalid)
	body.Next = nextStep(body)
	return body, nil
}

// nextStep is what a person would do next with a batch.
func nextStep(b *batchBody) string {
	switch t := b.Tally; {
	case b.Here || b.Holder != "":
		return "wait"
	case b.Line != nil && b.Line.State == office.Held:
		return "held"
	case b.Line != nil && b.Draft == nil && t.Left() > 0: // others have its file: see the buttons
		return "held"
	case b.Changed:
		return "amend"
	case t.Left() > 0:
		return "resume"
	case t.Open() > 0:
		return "settle"
	case b.Unpaid > 0:
		return "resend"
	}
	return "done"
}

// overviewDraft shows the check of a draft; before that, how it is read is confirmed.
func (k *Console) overviewDraft(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	d, err := k.config.Folder.Draft(b.Name)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	if d.Settled {
		k.showCheck(w, r, d)
		return
	}
	to, err := k.firstStep(d)
	if err != nil {
		k.showUnread(w, r, d, err)
		return
	}
	back(w, r, to)
}
