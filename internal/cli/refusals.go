package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// Package app says what is the matter. What is to be done about it in flags and
// commands is said here.

// refusal is an error of the job in the words of the command line.
type refusal struct {
	message lang.Message
	flag    string // that it is about; empty: it is about none
	err     error
}

func (r *refusal) Error() string         { return r.message.String() }
func (r *refusal) Unwrap() error         { return r.err }
func (r *refusal) Message() lang.Message { return r.message }

// Flag names the flag whose value was refused.
func (r *refusal) Flag() string { return r.flag }

// worded says an error of the job in the words of the command line: with the flag
// that it is about, or with what to do.
func worded(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	if r, ok := refusedBy(err).(*app.TargetRefused); ok { //nolint:errorlint // refusedBy walks the chain
		return wordedTarget(cmd, r, err)
	}
	if flag, m := flagged(err); !m.IsZero() {
		return &refusal{m, flag, err}
	}
	if what, next := providerTrouble(err); !what.IsZero() {
		return &refusal{lang.Msg("%s\n%s", what, next), "", err}
	}
	if m := advice(err); !m.IsZero() {
		return &refusal{lang.Msg("%v\n%s", err, m), "", err}
	}
	return err
}

// flagged is a refusal of what a flag says, or of its absence.
func flagged(err error) (flag string, m lang.Message) {
	switch e := refusedBy(err).(type) { //nolint:errorlint // it is the error itself
	case *app.NobodyToAsk:
		return "yes", lang.Msg("there is no terminal to ask on: add --yes to send without a question")
	case *app.ApprovalsNeeded:
		return "require-approvals", lang.Msg("--require-approvals %d: nothing is sent before so many people have approved it.\nPrepare the batch with: flexybatch run --prepare %s\nLet them approve the request, then run it with --approved REQUEST --approvers FILE", e.Required, quoted(e.File))
	case *app.NoApprovers:
		return "approved", lang.Msg("--approved wants --approvers FILE: whose approvals count is said by the one who runs the batch.\nThe file has a line for each of them, as flexybatch keygen prints it")
	case *app.FewerApprovals:
		return "require-approvals", lang.Count(e.Was, "batch %[2]q was begun with %[1]d approval required, and --require-approvals %[3]d is fewer", "batch %[2]q was begun with %[1]d approvals required, and --require-approvals %[3]d is fewer", e.Batch, e.Is)
	case *app.PayAgainNumber:
		return "pay-again", lang.Count(e.Before+e.Others, "--pay-again %[2]d: %[1]d row looks paid already, and the number must be exact; nothing was sent",
			"--pay-again %[2]d: %[1]d rows look paid already, and the number must be exact; nothing was sent", e.Given)
	case *app.NoReason:
		return "reason", lang.Msg("--pay-again wants --reason TEXT: why these rows are paid again stands in the journal and the report")
	case *app.BadAddress:
		return "base-url", lang.Msg("--base-url: %v", e.Err)
	case *app.BadResend:
		return "out", lang.Msg("--out %q: %s", e.Path, e.Why)
	case *app.BadFormat:
		if slices.Contains(e.Known, "ndjson") {
			return "format", lang.Msg("--format %q: give xlsx, html, csv, json or ndjson", e.Format)
		}
		return "format", lang.Msg("--format %q: give xlsx, csv or json", e.Format)
	}
	return "", lang.Message{}
}

// advice is what to do about a refusal; nothing where it goes without saying.
func advice(err error) lang.Message {
	if o, ours := app.OutcomeOf(err); ours && o == app.Internal && !errors.As(err, &ended{}) {
		return lang.Msg("The journal is whole. Please report this; running the same command again is safe")
	}
	switch e := refusedBy(err).(type) { //nolint:errorlint // it is the error itself
	case *app.BadName:
		return lang.Msg("Give another with --batch")
	case *app.NeverRun:
		return lang.Msg("Give --batch and --state as they were given to run")
	case *app.OtherBatch:
		return otherBatchAdvice(e)
	case *app.OtherProvider:
		return lang.Msg("Give --batch another name, or --state another folder, or move the journal away")
	case *app.FileChanged:
		return lang.Msg("If the file was corrected: --amend sends what is new and leaves the rest alone.\nIf it is another payroll: give it a name of its own with --batch NAME.")
	case *app.RunBefore:
		return lang.Msg("To resume that batch: --batch %q. To pay all of it once more on purpose: --batch %q", e.As.Name, e.Name)
	case *app.PaidElsewhere:
		return lang.Msg("If it is the same payroll, run it under its old name. If these people are to be paid once more: --pay-again %d --reason TEXT", e.Number())
	case *app.NothingToAmend:
		return lang.Msg("If the correction was saved under another name, say which batch it corrects: --amend --batch NAME (and --state FOLDER where its journal lies). If this is a new payroll, leave --amend out")
	case *app.PaysForNone:
		return lang.Msg("Put money on the account, then run the same command again")
	case *app.JournalError:
		return journalAdvice(e)
	case *app.OtherAccount:
		return lang.Msg("Use the key of that account, or give the batch another name")
	case *app.NotCatalogue:
		return lang.Msg("Save one with: flexybatch plans --json > plans.json")
	case *app.BooksFailed:
		return lang.Msg("Make room or mend the disk, then run the same command again")
	case *app.JournalMoved:
		return lang.Msg("Put the journal of this run back there, then run the same command again")
	case *app.NotReported:
		return lang.Msg("The journal has everything; mend that, then: flexybatch report %s", quoted(e.File))
	case *app.BegunApproved:
		return lang.Msg("Give --approved REQUEST, --approvers FILE and --require-approvals %d, as it was begun", e.Required)
	case *app.StaleApproval:
		return lang.Msg("Bring the file back as it was, or prepare it again, and let it be approved again: flexybatch run --prepare %s", quoted(e.File))
	case *app.NothingToApprove:
		return lang.Msg("What is wrong with the rows: flexybatch validate %s", quoted(e.File))
	case *app.ResendRun:
		return lang.Msg("What failed in it again: flexybatch resend %s\nWhat came to its end in %s since: flexybatch resend --out NAME.xlsx %s", quoted(e.To.File), e.From.Name, quoted(e.From.File))
	}
	return lang.Message{}
}

// journalAdvice is what to do about a journal that cannot be used.
func journalAdvice(e *app.JournalError) lang.Message {
	var locked *journal.Locked
	var corrupt *journal.Corrupt
	switch {
	case errors.As(e, &locked):
		return lang.Msg("Wait until it has ended, or look with: flexybatch status")
	case errors.As(e, &corrupt):
		return lang.Msg("Restore the journal from a copy, or ask for help with: flexybatch journal verify")
	case errors.Is(e, batch.ErrRecord):
		return lang.Msg("Was it written by a later version of flexybatch?")
	}
	return lang.Message{}
}

// refusedBy is the first error of a chain, or of several that were joined, that
// says an outcome and is more than an app.Error.
func refusedBy(err error) error {
	switch e := err.(type) { //nolint:errorlint // the chain is walked link by link
	case nil:
		return nil
	case interface{ Outcome() app.Outcome }:
		if _, plain := e.(*app.Error); !plain {
			return err
		}
	}
	switch e := err.(type) { //nolint:errorlint // the chain is walked link by link
	case interface{ Unwrap() error }:
		return refusedBy(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if found := refusedBy(inner); found != nil {
				return found
			}
		}
	}
	return nil
}
