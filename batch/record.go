package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Record is one entry of the books, as the journal stores it: exactly one of
// its fields is set, and the field's name is the kind of the record. This list
// is the only one; Ledger.Fold is the only reader of it that changes a state.
type Record struct {
	Batch  *BatchRecord  `json:"batch,omitempty"`
	Row    *RowRecord    `json:"row,omitempty"`
	Sealed *SealRecord   `json:"planned,omitempty"`
	Intent *IntentRecord `json:"intent,omitempty"`
	Answer *AnswerRecord `json:"answer,omitempty"`
	Look   *LookRecord   `json:"look,omitempty"`
	Note   *NoteRecord   `json:"note,omitempty"`
}

// BatchRecord opens a plan: what is about to be paid, on whose account. The
// first opens the journal; a further one opens the plan of a corrected file
// (--amend). It is followed by the plan's rows and sealed by a PlannedRecord:
// a plan that is not sealed was cut off by a crash and counts for nothing.
type BatchRecord struct {
	Name      string            `json:"name"`
	File      string            `json:"file"`            // base name of the input
	SHA256    string            `json:"sha256"`          // of the input's bytes, hex
	Sheet     string            `json:"sheet,omitempty"` // XLSX only
	Header    []string          `json:"header"`          // the input's columns
	Fields    map[string]string `json:"fields"`          // which column is phone, plan, amount, id
	Tool      string            `json:"tool"`            // version of flexybatch
	Account   Account           `json:"account"`         // money rule 8
	Options   map[string]string `json:"options"`         // flags that decide which rows there are
	Catalogue Catalogue         `json:"plans"`           // the catalogue the rows were checked against
	Amends    bool              `json:"amends,omitempty"`
}

// RowRecord is one row of the plan, invalid rows included: with the input gone,
// every report can still be made.
type RowRecord struct {
	Number   int       `json:"row"`
	Ref      Ref       `json:"ref,omitempty"` // valid rows only
	Topup              // what is asked for
	Cost     Centimes  `json:"cost"`
	Cells    Cells     `json:"cells"`
	Written  string    `json:"written,omitempty"`
	Hidden   bool      `json:"hidden,omitempty"`
	Origin   string    `json:"origin,omitempty"` // see Remarks.Origin
	Again    Ref       `json:"again,omitempty"`  // see Row.Again
	Problems []Problem `json:"problems,omitempty"`
}

// MarshalJSON writes the texts as an array.
func (c Cells) MarshalJSON() ([]byte, error) { return json.Marshal(c.List()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Cells) UnmarshalJSON(b []byte) error {
	var texts []string
	err := json.Unmarshal(b, &texts)
	*c = CellsOf(texts...)
	return err
}

// SealRecord seals a plan.
type SealRecord struct {
	Rows      int      `json:"rows"` // row records since the BatchRecord
	Valid     int      `json:"valid"`
	Requested Centimes `json:"requested"` // face value of the valid rows
	Cost      Centimes `json:"cost"`      // of the valid rows, by the catalogue
}

// IntentRecord says that ref is about to be sent. It is on disk before the
// request leaves (money rule 1).
type IntentRecord struct {
	Ref     Ref `json:"ref"`
	Attempt int `json:"attempt"` // from 1
}

// AnswerRecord says what came of the send announced by the last intent of ref.
type AnswerRecord struct {
	Ref       Ref       `json:"ref"`
	Attempt   int       `json:"attempt"`
	Result    string    `json:"result"` // "accepted", or the name of a Class
	Status    int       `json:"status,omitempty"`
	Code      string    `json:"code,omitempty"`
	Message   string    `json:"message,omitempty"`
	TopupID   string    `json:"topup_id,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	Balance   *Centimes `json:"balance,omitempty"` // after the charge
}

// Accepted is the result of an answer that took the order.
const Accepted = "accepted"

// LookRecord says what a look at the provider's books showed of ref.
type LookRecord struct {
	Ref       Ref       `json:"ref"`
	By        string    `json:"by"` // "ref", "id" or "list"
	Found     bool      `json:"found"`
	Clear     bool      `json:"clear,omitempty"`    // not found, after the grace period: ref may be sent again (money rule 3)
	Conflict  string    `json:"conflict,omitempty"` // how the order found differs from ours (money rule 4)
	Status    string    `json:"status,omitempty"`
	TopupID   string    `json:"topup_id,omitempty"`
	Charged   *Centimes `json:"charged,omitempty"` // balance_amount
	Message   string    `json:"message,omitempty"`
	Offers    []Offer   `json:"offers,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
}

// NoteRecord is anything else the books should tell.
type NoteRecord struct {
	What    string    `json:"what"` // one of the Note constants
	Text    string    `json:"text,omitempty"`
	Balance *Centimes `json:"balance,omitempty"` // of the account at that time, where it was asked

	Approval *ApprovalRecord `json:"approval,omitempty"` // NoteApproved only
	Ceiling  float64         `json:"ceiling,omitempty"`  // NoteCeiling only: calls a minute
	Resent   *ResentRecord   `json:"resent,omitempty"`   // NoteResent only
	Override *OverrideRecord `json:"override,omitempty"` // NoteOverride only
}

// ApprovalRecord is a person's yes to the approval request that is sent, as package
// approval signs it. A reader that does not know it still has the note's text.
type ApprovalRecord struct {
	Digest    string    `json:"plan"`     // of the approval request; journals of every version have it under this name
	Required  int       `json:"required"` // how many people had to
	Approver  string    `json:"approver"`
	At        time.Time `json:"at"`
	Key       string    `json:"key"` // public
	Signature []byte    `json:"signature"`
}

// OverrideRecord is a warning that a person overrode: which, who, and why. When is
// the record's own time.
type OverrideRecord struct {
	Warning string `json:"warning"`          // the flag that overrides it, such as pay-again
	Rows    int    `json:"rows,omitempty"`   // how many rows it was about
	Who     string `json:"who"`              // user and machine
	Reason  string `json:"reason,omitempty"` // in the person's own words
}

// What notes tell.
const (
	NoteStarted  = "started"  // a process began to send or settle; Text names it
	NoteEnded    = "ended"    // it left in good order; Text says why
	NoteStopped  = "stopped"  // sending stopped for a reason that is not a row's own
	NotePanic    = "panic"    // a fault of the program itself
	NoteCut      = "cut"      // a torn tail was cut off the journal; Text tells where it is kept
	NoteCeiling  = "ceiling"  // so many calls a minute the provider was found to let through (--rate auto)
	NoteResent   = "resent"   // rows left for another batch (resend)
	NoteOverride = "override" // a person overrode a warning
	NoteApproved = "approved" // somebody approved what is sent from here on
)

// ErrRecord is wrapped by the error for a record that this version cannot
// read, or that tells an impossible story.
var ErrRecord = errors.New("journal record not understood")

// encode is the record's stored form.
func (r *Record) encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encoding a journal record: %w", err)
	}
	return b, nil
}

// ref is the row that the record is about, if it is about one that can be sent.
func (r *Record) ref() Ref {
	switch {
	case r.Intent != nil:
		return r.Intent.Ref
	case r.Answer != nil:
		return r.Answer.Ref
	case r.Look != nil:
		return r.Look.Ref
	}
	return ""
}
