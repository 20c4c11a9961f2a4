package app

import (
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
)

// NoApprovers says that approvals were given, and not whose count.
type NoApprovers struct {
	wrongUse
}

func (e *NoApprovers) Error() string { return e.Message().String() }

// Message says who says it.
func (*NoApprovers) Message() lang.Message {
	return lang.Msg("whose approvals count is said by the one who runs the batch")
}

// ApprovalsNeeded says that nothing is sent without approvals, and that none were
// given.
type ApprovalsNeeded struct {
	wrongUse
	Required int
	File     string // the input
}

func (e *ApprovalsNeeded) Error() string { return e.Message().String() }

// Message says how many there must be.
func (e *ApprovalsNeeded) Message() lang.Message {
	return lang.Count(e.Required, "nothing is sent before %d person has approved it", "nothing is sent before %d people have approved it")
}

// TooFewApprovals says that fewer people have approved a request than must.
type TooFewApprovals struct {
	nothingDone
	Request  string // its file
	Required int
	Counted  []approval.Approval
	Not      []approval.Verdict
}

func (e *TooFewApprovals) Error() string { return e.Message().String() }

// Message tells of each approval whether it counts.
func (e *TooFewApprovals) Message() lang.Message {
	m := lang.Msg("the approval request %s has %s of %s; nothing was sent", e.Request,
		lang.Count(len(e.Counted), "%d approval that counts", "%d approvals that count"),
		lang.Count(e.Required, "%d that is needed", "%d that are needed"))
	for _, g := range e.Counted {
		m = lang.Msg("%s\n  %s", m, lang.Msg("%s: it counts", g.Approver))
	}
	for _, n := range e.Not {
		m = lang.Msg("%s\n  %s", m, lang.Msg("%s: it does not count: %v", n.Approver, n.Why))
	}
	return m
}

// BegunApproved says that a batch was begun with approvals, and that nothing more
// of it is sent without.
type BegunApproved struct {
	nothingDone
	Batch     string
	Digest    string // of what was approved
	Approvers []string
	Required  int
}

func (e *BegunApproved) Error() string { return e.Message().String() }

// Message names what was approved, and by whom.
func (e *BegunApproved) Message() lang.Message {
	return lang.Msg("batch %q was begun with approvals (request %s, by %s), and nothing more of it is sent without them.", e.Batch, ShortDigest(e.Digest), strings.Join(e.Approvers, ", "))
}

// FewerApprovals says that a batch was begun with more approvals required.
type FewerApprovals struct {
	nothingDone
	Batch   string
	Was, Is int
}

func (e *FewerApprovals) Error() string { return e.Message().String() }

// Message says how many.
func (e *FewerApprovals) Message() lang.Message {
	return lang.Count(e.Was, "batch %[2]q was begun with %[1]d approval required, and %[3]d is fewer", "batch %[2]q was begun with %[1]d approvals required, and %[3]d is fewer", e.Batch, e.Is)
}

// StaleApproval says that file, rows or prices are not those that were approved.
type StaleApproval struct {
	nothingDone
	File   string
	Why    lang.Message
	Detail []batch.Message // the first few differences
}

func (e *StaleApproval) Error() string { return e.Message().String() }

// Message says what has changed.
func (e *StaleApproval) Message() lang.Message {
	if len(e.Detail) == 0 {
		return e.Why
	}
	return lang.Msg("%s\n%s", e.Why, lines(e.Detail))
}
