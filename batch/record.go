package batch

import (
	"encoding/json"
	"time"
)

// Record is one entry of the books as the journal stores it. Exactly one of its
// kinds is set, and the field's name is the kind of the record. There are no other
// kinds, and only Ledger.Fold changes a state because of a record.
type Record struct {
	Batch  *BatchRecord  `json:"batch,omitempty"`
	Row    *RowRecord    `json:"row,omitempty"`
	Sealed *SealRecord   `json:"planned,omitempty"`
	Intent *IntentRecord `json:"intent,omitempty"`
	Answer *AnswerRecord `json:"answer,omitempty"`
	Look   *LookRecord   `json:"look,omitempty"`
	Note   *NoteRecord   `json:"note,omitempty"`

	Words *wordsRecord `json:"words,omitempty"` // the parts of its messages; only on disk, beside one of the others
}

// BatchRecord begins the list of the rows that are to be paid and says on which
// account. The first one begins the journal; each further one begins the rows of a
// corrected file (--amend). The RowRecords follow, and a SealRecord ends the list.
// A list without its SealRecord was interrupted by a crash and counts for nothing.
type BatchRecord struct {
	Name      string            `json:"name"`
	File      string            `json:"file"`            // the base name of the input
	SHA256    string            `json:"sha256"`          // of the input's bytes, in hex
	Sheet     string            `json:"sheet,omitempty"` // XLSX only
	Header    []string          `json:"header"`          // the input's columns
	Fields    map[string]string `json:"fields"`          // which column is phone, plan, amount, id
	Tool      string            `json:"tool"`            // the version of flexybatch
	Account   Account           `json:"account"`         // money rule 8
	Options   map[string]string `json:"options"`         // the flags that decide which rows are valid
	Catalogue Catalogue         `json:"plans"`           // the catalogue that the rows were checked against
	Amends    bool              `json:"amends,omitempty"`
}

// RowRecord is one row of the file. Invalid rows have a record too, so that every
// report can be made without the file.
type RowRecord struct {
	Number   int       `json:"row"`
	Ref      Ref       `json:"ref,omitempty"` // valid rows only
	Topup              // what the row asks for
	Cost     Centimes  `json:"cost"`
	Cells    Cells     `json:"cells"`
	Written  string    `json:"written,omitempty"`
	Hidden   bool      `json:"hidden,omitempty"`
	Origin   string    `json:"origin,omitempty"` // see Remarks.Origin
	Again    Ref       `json:"again,omitempty"`  // see Row.Again
	Problems []Problem `json:"problems,omitempty"`
}

// MarshalJSON writes the texts as a JSON array.
func (c Cells) MarshalJSON() ([]byte, error) { return json.Marshal(c.List()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Cells) UnmarshalJSON(b []byte) error {
	var texts []string
	err := json.Unmarshal(b, &texts)
	*c = CellsOf(texts...)
	return err
}

// SealRecord ends the list of rows that a BatchRecord began and makes it valid.
type SealRecord struct {
	Rows      int      `json:"rows"` // how many RowRecords follow the BatchRecord
	Valid     int      `json:"valid"`
	Requested Centimes `json:"requested"` // face value of the valid rows
	Cost      Centimes `json:"cost"`      // cost of the valid rows by the catalogue
}

// IntentRecord says that the row of ref is about to be sent. It is on disk before
// the request is made (money rule 1).
type IntentRecord struct {
	Ref     Ref `json:"ref"`
	Attempt int `json:"attempt"` // from 1
}

// AnswerRecord is the outcome of the send that the last intent of ref announced.
type AnswerRecord struct {
	Ref       Ref       `json:"ref"`
	Attempt   int       `json:"attempt"`
	Result    string    `json:"result"` // Accepted, or the name of a Class
	Status    int       `json:"status,omitempty"`
	Code      string    `json:"code,omitempty"`
	Message   Message   `json:"message,omitzero"`
	TopupID   string    `json:"topup_id,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	Balance   *Centimes `json:"balance,omitempty"` // the balance after the charge
	Unnamed   bool      `json:"unnamed,omitempty"` // it was accepted without saying which ref
}

// Accepted is the result of a send that the provider accepted.
const Accepted = "accepted"

// LookRecord says what a look, a question about an order, showed of ref.
type LookRecord struct {
	Ref       Ref       `json:"ref"`
	By        string    `json:"by"` // "ref", "id" or "list"
	Found     bool      `json:"found"`
	Clear     bool      `json:"clear,omitempty"`    // not found, after the grace period: ref may be sent again (money rule 3)
	Conflict  Message   `json:"conflict,omitzero"`  // how the order found differs from ours (money rule 4)
	Foreign   Message   `json:"foreign,omitzero"`   // why the order of this id is not the row's after all (money rule 15)
	Nameless  bool      `json:"nameless,omitempty"` // the order found does not say whose it is (money rule 15)
	Taken     Message   `json:"-"`                  // that the order found is another row's; set by the ledger and not stored
	Status    string    `json:"status,omitempty"`
	TopupID   string    `json:"topup_id,omitempty"`
	Charged   *Centimes `json:"charged,omitempty"` // balance_amount
	Message   string    `json:"message,omitempty"`
	Offers    []Offer   `json:"offers,omitempty"`
	RequestID string    `json:"request_id,omitempty"`

	// Earlier is when the provider made the order, where that was before the batch
	// was begun: an earlier run paid the row, whose books are lost (money rule 19).
	Earlier *time.Time `json:"earlier,omitempty"`
}

// NoteRecord is anything else that the books should tell.
type NoteRecord struct {
	What    string    `json:"what"` // one of the Note constants
	Text    Message   `json:"text,omitzero"`
	Balance *Centimes `json:"balance,omitempty"` // the account's balance at that time, if it was asked for

	Approval *ApprovalRecord `json:"approval,omitempty"` // for NoteApproved
	Ceiling  float64         `json:"ceiling,omitempty"`  // for NoteCeiling, in calls a minute
	Resent   *ResentRecord   `json:"resent,omitempty"`   // for NoteResent
	Override *OverrideRecord `json:"override,omitempty"` // for NoteOverride
}

// ApprovalRecord is a person's yes to the approval request that is sent, as package
// approval signs it. A reader that does not know it still has the note's text.
type ApprovalRecord struct {
	Digest    string    `json:"plan"`     // of the approval request; journals of every version have it under this name
	Required  int       `json:"required"` // how many people had to approve
	Approver  string    `json:"approver"`
	At        time.Time `json:"at"`
	Key       string    `json:"key"` // the approver's public key
	Signature []byte    `json:"signature"`

	Maker string `json:"maker,omitempty"` // who prepared the request, where it says so: the digest covers it

	// Of a passkey: what the signature is over.
	AuthenticatorData []byte `json:"authenticator_data,omitempty"`
	ClientData        []byte `json:"client_data,omitempty"`
}

// OverrideRecord is a warning that a person overrode: which, who, and why. When is
// the record's own time.
type OverrideRecord struct {
	Warning string  `json:"warning"`          // the flag that overrides it, such as pay-again
	Rows    int     `json:"rows,omitempty"`   // how many rows it was about
	Who     Message `json:"who"`              // user and machine
	Reason  string  `json:"reason,omitempty"` // in the person's own words
}

// The values of NoteRecord.What.
const (
	NoteStarted  = "started"  // a process began to send or to settle; Text names it
	NoteEnded    = "ended"    // a process ended properly; Text says why
	NoteStopped  = "stopped"  // sending stopped for a reason that no row caused
	NotePanic    = "panic"    // the program itself failed
	NoteCut      = "cut"      // a torn tail was cut off the journal; Text tells where it is kept
	NoteCeiling  = "ceiling"  // a search found how many calls a minute the provider allows (--rate auto)
	NoteResent   = "resent"   // rows left for another batch (resend)
	NoteOverride = "override" // a person overrode a warning
	NoteApproved = "approved" // a person approved what is sent from here on
)

// ErrRecord is wrapped by the error for a record that this version cannot read, or
// that contradicts the records before it.
var ErrRecord = Errorf("journal record not understood")

// ref returns the ref of the row that an intent, an answer or a look is about, and
// an empty ref for other records.
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

// topupID returns the provider's id of the order that the record gives its row, or
// nothing.
func (r *Record) topupID() string {
	switch {
	case r.Answer != nil && r.Answer.Result == Accepted:
		return r.Answer.TopupID
	case r.Look != nil && r.Look.Found && r.Look.Foreign.IsZero():
		return r.Look.TopupID
	}
	return ""
}
