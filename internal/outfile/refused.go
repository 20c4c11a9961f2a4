package outfile

import (
	"flexybatch/internal/lang"
	"path/filepath"
)

// Target is a file that is to be written.
type Target struct {
	Path  string
	Kind  Kind
	Batch string // that it is about; empty if it is about none
	Aside Aside
}

// Aside says which files Write moves aside, where it would otherwise refuse to replace
// them. The target that takes their place is one that this program can make again at
// any time, so a person's changes to it must neither be lost nor stop anything.
type Aside uint8

// The files that are moved aside.
const (
	Never    Aside = iota
	Changed        // a workbook that this program wrote, and another one has saved
	Workbook       // any workbook that is not this program's: another one may have dropped what tells
)

// Input is a file that a command reads, or that it must not lose for another reason.
type Input struct {
	Path string
	Role Role
}

// Role says what an Input is.
type Role string

// The roles of inputs.
const (
	Payroll   Role = "payroll"
	Journal   Role = "journal"
	Request   Role = "request"
	Approvers Role = "approvers"
	Secret    Role = "secret"
	Statement Role = "statement"
	Other     Role = "other"
)

// Message says the role in words.
func (r Role) Message() lang.Message {
	switch r {
	case Payroll:
		return lang.Msg("the file to be paid")
	case Journal:
		return lang.Msg("the journal of this batch")
	case Request:
		return lang.Msg("an approval request of this run")
	case Approvers:
		return lang.Msg("the list of approvers")
	case Secret:
		return lang.Msg("a file with a key or a password")
	case Statement:
		return lang.Msg("the statement of the account")
	}
	return lang.Msg("a file that this command reads")
}

// Reason says why a target is refused.
type Reason string

// The reasons.
const (
	IsInput       Reason = "input"          // the command reads it
	IsTwice       Reason = "twice"          // another target of the command is the same file
	ReservedName  Reason = "reserved-name"  // it has a journal's name
	WrongName     Reason = "wrong-name"     // its name ends in that of another kind
	IsFolder      Reason = "folder"         // it is a folder
	NoFolder      Reason = "no-folder"      // its folder does not exist
	NotWritable   Reason = "not-writable"   // the system does not let it be written
	NotOrdinary   Reason = "not-ordinary"   // it is a device or a pipe
	HoldsOther    Reason = "other-content"  // it holds a file of another kind
	OfOtherBatch  Reason = "other-batch"    // it is about another batch
	WasChanged    Reason = "changed"        // somebody has changed it since it was written
	NotOurs       Reason = "not-ours"       // this program did not write it
	ExistsAlready Reason = "exists-already" // and files of the kind are never replaced
)

// Refused is the error for a target that is not to be written. Nothing was changed.
type Refused struct {
	Target
	Reason Reason
	Holds  Kind   // HoldsOther: what the file holds
	Of     string // OfOtherBatch: the batch that it is about
	Role   Role   // IsInput: what it is
	As     Kind   // IsTwice: what it is to hold as the other target
	Err    error  // NotWritable: what the system says
}

// Unwrap returns what the system says, if it is the system that refuses.
func (r *Refused) Unwrap() error { return r.Err }

// Error says what Message says, in English.
func (r *Refused) Error() string { return r.Message().String() }

// Message says which file it is, what it holds, and what to do.
func (r *Refused) Message() lang.Message {
	switch r.Reason {
	case IsInput:
		return lang.Msg("%s is %s: name another file", r.Path, r.Role)
	case IsTwice:
		return lang.Msg("%s would hold %s and %s: give each a file of its own", r.Path, r.Kind, r.As)
	case ReservedName:
		return lang.Msg("%s is the name of a journal or of a file beside one: name another file", r.Path)
	case WrongName:
		return r.wrongName()
	case IsFolder:
		return lang.Msg("%s is a folder: name a file in it", r.Path)
	case NoFolder:
		return lang.Msg("%s cannot be written, because there is no folder %s: make the folder, or name another one", r.Path, filepath.Dir(r.Path))
	case NotWritable:
		return lang.Msg("the file %s cannot be written: %v", r.Path, r.Err)
	case NotOrdinary:
		return lang.Msg("%s is a device or a pipe: name an ordinary file", r.Path)
	case HoldsOther:
		return lang.Msg("%s holds %s, which is not replaced by %s: name another file", r.Path, r.Holds, r.Kind)
	case OfOtherBatch:
		return lang.Msg("%s is about another batch (%s): name another file", r.Path, r.Of)
	case WasChanged:
		return lang.Msg("%s was changed after flexybatch had written it, and may hold somebody's work: move it away, or name another file", r.Path)
	case ExistsAlready:
		return lang.Msg("%s exists already, and may hold somebody's work: name another file", r.Path)
	}
	return lang.Msg("%s was not written by flexybatch, and is not replaced: move it away, or name another file", r.Path)
}

// wrongName says what the name must end in.
func (r *Refused) wrongName() lang.Message {
	if suffix := r.Kind.suffix(); suffix != "" {
		return lang.Msg("%s would hold a workbook: give it a name that ends in %s", r.Path, suffix)
	}
	return lang.Msg("%s would hold %s, and its name says something else: give it another ending", r.Path, r.Kind)
}
