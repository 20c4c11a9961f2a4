package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// Approvals says which approvals a batch needs before it is sent, and where they
// are.
type Approvals struct {
	Requests  []string // the approval request, in copies that different people have approved
	Required  int      // how many people must have approved it; 0: one, if there is a request
	Approvers string   // file of the people whose approval counts
}

// approvals is the request that people have approved, and who counts.
type approvals struct {
	request  *approval.File      // nil: none was given
	file     string              // the first copy of it
	counted  []approval.Approval // one for each person
	required int
}

// readApprovals reads the request and its approvals, and counts them.
func readApprovals(o Approvals) (*approvals, error) {
	if len(o.Requests) == 0 {
		return &approvals{}, nil
	}
	a := &approvals{file: o.Requests[0], required: max(o.Required, 1)}
	trusted, err := readApprovers(o.Approvers)
	if err != nil {
		return nil, err
	}
	for _, path := range o.Requests {
		f, err := ReadRequest(path)
		if err != nil {
			return nil, err
		}
		if a.request == nil {
			a.request = f
		} else if err := a.request.Add(f); err != nil {
			return nil, refusef("%s: %w", path, err)
		}
	}
	good, not := a.request.Count(trusted)
	if len(good) < a.required {
		return nil, &TooFewApprovals{Request: a.file, Required: a.required, Counted: good, Not: not}
	}
	a.counted = good
	return a, nil
}

// readApprovers reads the people whose approval counts. Whoever could write that
// file could say yes to everything.
func readApprovers(path string) (list []approval.Approver, err error) {
	if path == "" {
		return nil, &NoApprovers{}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, refusef("reading the approvers: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := secret.CheckUnwritable(f); err != nil {
		return nil, Failed(Usage, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, refusef("reading the approvers: %w", err)
	}
	if list, err = approval.ParseApprovers(b); err != nil {
		return nil, refusef("%s: %w", path, err)
	}
	return list, nil
}

// ReadRequest reads an approval request.
func ReadRequest(path string) (*approval.File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, refusef("reading the approval request: %w", err)
	}
	f, err := approval.Parse(b)
	if err != nil {
		return nil, refusef("%s: %w", path, err)
	}
	return f, nil
}

// approvedBefore is what the books tell of approvals: what was approved last, by
// whom, and how many had to. Where they tell nothing the digest is empty.
func approvedBefore(l *batch.Ledger) (was BegunApproved) {
	if l == nil {
		return was
	}
	for _, n := range l.Notes() {
		if n.Approval == nil {
			continue
		}
		if n.Approval.Digest != was.Digest {
			was.Digest, was.Approvers = n.Approval.Digest, nil
		}
		was.Approvers = append(was.Approvers, n.Approval.Approver)
		was.Required = max(was.Required, n.Approval.Required)
	}
	return was
}

// checkApprovals makes sure that what is about to be sent is what people approved:
// the same batch on the same account, the same file, prices and rows. A rehearsal
// may do without.
func (j *job) checkApprovals(ctx context.Context, rehearsal bool) error {
	was := approvedBefore(j.books.known)
	was.Batch = j.at.Name
	given := j.approvals.request
	switch {
	case j.rows.file == nil && !mayStillSend(j.books.known):
		return nil
	case given == nil && (was.Digest == "" || rehearsal):
		return nil
	case given == nil:
		return &was
	case j.approvals.required < was.Required:
		return &FewerApprovals{Batch: j.at.Name, Was: was.Required, Is: j.approvals.required}
	case given.Request.Batch != j.at.Name:
		return refusef("the approval request %s was approved for batch %q, and this is batch %q: an approval is good for one batch only", j.approvals.file, given.Request.Batch, j.at.Name)
	}
	if was, is := given.Request.Account, accountOf(j.provider.whose); was != is {
		return refusef("the approval request %s was approved for account %q (%s, %s), and the key is of account %q (%s, %s): an approval is good for one account only",
			j.approvals.file, was.Username, was.Type, was.Host, is.Username, is.Type, is.Host)
	}
	return j.asApproved(ctx, given.Request)
}

// asApproved holds file, prices and rows against those that were approved.
func (j *job) asApproved(ctx context.Context, request *approval.Request) error {
	stale := func(why lang.Message, detail []string) error { return &StaleApproval{j.at.File, why, detail} }
	n, detail := request.Compare(j.rows.all())
	sum, err := j.fileSum()
	switch {
	case err != nil:
		return err
	case sum != request.SHA256 && n == 0:
		return stale(lang.Msg("%s was changed after the request was approved: its rows are the same, and its bytes are not. Nothing was sent.", j.at.File), nil)
	case sum != request.SHA256:
		return stale(lang.Count(n, "%[2]s was changed after the request was approved: %[1]d row differs. Nothing was sent.", "%[2]s was changed after the request was approved: %[1]d rows differ. Nothing was sent.", j.at.File), detail)
	}
	now, err := j.pricesNow(ctx)
	if err != nil {
		return err
	}
	if changed := request.Repriced(now); changed != nil {
		return stale(lang.Msg("prices have changed since the request was approved. Nothing was sent."), changed)
	}
	if n > 0 {
		return stale(lang.Count(n, "%d row differs from what was approved. Nothing was sent.", "%d rows differ from what was approved. Nothing was sent."), detail)
	}
	return nil
}

// mayStillSend tells whether anything of the books can be sent yet: what is unsent,
// and what may be so again when the provider says that it has never seen it.
func mayStillSend(known *batch.Ledger) bool {
	t := known.Tally()
	return t.Of(batch.Unsent)+t.Of(batch.Unknown) > 0
}

// fileSum is the SHA-256 of the input; of one that is gone, as the journal has it.
func (j *job) fileSum() (string, error) {
	switch {
	case j.rows.file != nil:
		return j.rows.file.SHA256, nil
	case j.at.IsJournal:
		return j.books.known.Batch().SHA256, nil
	}
	sum, err := ingest.Digest(j.at.File)
	if err != nil {
		return "", nothing(err)
	}
	return sum, nil
}

// pricesNow is the provider's catalogue as it is now. That of a batch that was begun
// is from then.
func (j *job) pricesNow(ctx context.Context) (batch.Catalogue, error) {
	if !j.books.begun() {
		return j.rows.plans, nil
	}
	return j.provider.plans(ctx)
}

// note tells the books who approved what is sent from here on, each once.
func (a *approvals) note(books *batch.Books) error {
	if a.request == nil {
		return nil
	}
	noted := map[string]bool{}
	for _, n := range books.Notes() {
		if n.Approval != nil {
			noted[n.Approval.Digest+n.Approval.Key] = true
		}
	}
	for _, g := range a.counted {
		if noted[a.request.Digest+g.Key.String()] {
			continue
		}
		err := books.Note(batch.NoteRecord{
			What: batch.NoteApproved,
			Text: fmt.Sprintf("%s approved the request %s on %s with the key %s; approvals needed: %d", g.Approver, a.request.Digest, g.At.Format("2006-01-02 15:04 UTC"), g.Key.Fingerprint(), a.required),
			Approval: &batch.ApprovalRecord{
				Digest: a.request.Digest, Required: a.required, Approver: g.Approver, At: g.At, Key: g.Key.String(), Signature: g.Signature,
			},
		})
		if err != nil {
			return refusef("%w; nothing was sent", err)
		}
	}
	return nil
}

func accountOf(a batch.Account) approval.Account {
	return approval.Account{Host: a.Host, Username: a.Username, Type: a.Type}
}

// ShortDigest is enough of a digest to tell it from others.
func ShortDigest(digest string) string { return digest[:min(len(digest), 12)] }

// NoApprovers says that approvals were given, and not whose count.
type NoApprovers struct{}

func (e *NoApprovers) Error() string  { return e.Message().String() }
func (*NoApprovers) Outcome() Outcome { return Usage }

// Message says who says it.
func (*NoApprovers) Message() lang.Message {
	return lang.Msg("whose approvals count is said by the one who runs the batch")
}

// ApprovalsNeeded says that nothing is sent without approvals, and that none were
// given.
type ApprovalsNeeded struct {
	Required int
	File     string // the input
}

func (e *ApprovalsNeeded) Error() string  { return e.Message().String() }
func (*ApprovalsNeeded) Outcome() Outcome { return Usage }

// Message says how many there must be.
func (e *ApprovalsNeeded) Message() lang.Message {
	return lang.Count(e.Required, "nothing is sent before %d person has approved it", "nothing is sent before %d people have approved it")
}

// TooFewApprovals says that fewer people have approved a request than must.
type TooFewApprovals struct {
	Request  string // its file
	Required int
	Counted  []approval.Approval
	Not      []approval.Verdict
}

func (e *TooFewApprovals) Error() string  { return e.Message().String() }
func (*TooFewApprovals) Outcome() Outcome { return Nothing }

// Message tells of each approval whether it counts.
func (e *TooFewApprovals) Message() lang.Message {
	m := lang.Msg("the approval request %s has %s of %s; nothing was sent", e.Request,
		lang.Count(len(e.Counted), "%d approval that counts", "%d approvals that count"),
		lang.Count(e.Required, "%d that is needed", "%d that are needed"))
	for _, g := range e.Counted {
		m = lang.Msg("%s\n  %s", m, lang.Msg("%s: it counts", g.Approver))
	}
	for _, n := range e.Not {
		m = lang.Msg("%s\n  %s", m, lang.Msg("%s: it does not count: %v", n.Approver, english([]string{n.Why})))
	}
	return m
}

// BegunApproved says that a batch was begun with approvals, and that nothing more
// of it is sent without.
type BegunApproved struct {
	Batch     string
	Digest    string // of what was approved
	Approvers []string
	Required  int
}

func (e *BegunApproved) Error() string  { return e.Message().String() }
func (*BegunApproved) Outcome() Outcome { return Nothing }

// Message names what was approved, and by whom.
func (e *BegunApproved) Message() lang.Message {
	return lang.Msg("batch %q was begun with approvals (request %s, by %s), and nothing more of it is sent without them.", e.Batch, ShortDigest(e.Digest), strings.Join(e.Approvers, ", "))
}

// FewerApprovals says that a batch was begun with more approvals required.
type FewerApprovals struct {
	Batch   string
	Was, Is int
}

func (e *FewerApprovals) Error() string  { return e.Message().String() }
func (*FewerApprovals) Outcome() Outcome { return Nothing }

// Message says how many.
func (e *FewerApprovals) Message() lang.Message {
	return lang.Count(e.Was, "batch %[2]q was begun with %[1]d approval required, and %[3]d is fewer", "batch %[2]q was begun with %[1]d approvals required, and %[3]d is fewer", e.Batch, e.Is)
}

// StaleApproval says that file, rows or prices are not those that were approved.
type StaleApproval struct {
	File   string
	Why    lang.Message
	Detail []string // the first few differences, in English
}

func (e *StaleApproval) Error() string  { return e.Message().String() }
func (*StaleApproval) Outcome() Outcome { return Nothing }

// Message says what has changed.
func (e *StaleApproval) Message() lang.Message {
	if len(e.Detail) == 0 {
		return e.Why
	}
	return lang.Msg("%s\n%s", e.Why, indented(e.Detail))
}
