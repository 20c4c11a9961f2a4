package app

import (
	"context"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

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
	stale := func(why lang.Message, detail []batch.Message) error {
		return &StaleApproval{File: j.at.File, Why: why, Detail: detail}
	}
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
			What:     batch.NoteApproved,
			Text:     batch.Msg("%s approved the request %s on %s with the key %s; approvals needed: %d", g.Approver, a.request.Digest, g.At, g.Key.Fingerprint(), a.required),
			Approval: a.request.Record(a.required, g),
		})
		if err != nil {
			return refusef("%w; nothing was sent", err)
		}
	}
	return nil
}
